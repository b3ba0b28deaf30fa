import { parseBlob, parseBuffer, selectCover, type IAudioMetadata } from 'music-metadata';
import { metadataOf, type Metadata } from '#contracts/tags';

/** What is read of a file before anything is known of it. */
export const HEAD_BYTES = 256 * 1024;
/** APEv2's last 32 bytes, which may stand before ID3v1's 128. */
const TAIL_BYTES = 32 + 128;

/**
 * What the tags of a file say, as the server will read them, and its embedded cover.
 * @param head its first HEAD_BYTES
 */
export async function readTags(
	file: File,
	head: Uint8Array
): Promise<{ tags: Metadata; picture: { data: Uint8Array; format: string } | null }> {
	const found = await parse(file, head);
	return { tags: metadataOf(found), picture: selectCover(found.common.picture) };
}

/** A blob is read in many small pieces, and each is a question to another process: most tags lie in the first ones. */
async function parse(file: File, head: Uint8Array): Promise<IAudioMetadata> {
	const options = { duration: false, skipPostHeaders: false };
	const isWhole = head.length === file.size;
	if (!isWhole && (isInChunks(head) || hasTagsBehind(await bytesOf(file.slice(-TAIL_BYTES))))) {
		return parseBlob(file, options);
	}
	try {
		const { name: path, type: mimeType, size } = file;
		const found = await parseBuffer(
			head,
			{ path, mimeType, size },
			{ ...options, skipPostHeaders: !isWhole }
		);
		if (found.common.title !== undefined || isWhole) return found;
	} catch (error) {
		if (isWhole) throw error;
	}
	return parseBlob(file, options);
}

export const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
const ascii = (bytes: Uint8Array, at: number, text: string) =>
	[...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/** WAV and AIFF: tags are pieces of their own, before the sound, behind it, or both. */
const isInChunks = (head: Uint8Array) =>
	['RIFF', 'RF64', 'FORM'].some((name) => ascii(head, 0, name));

const hasTagsBehind = (tail: Uint8Array) =>
	ascii(tail, TAIL_BYTES - 128, 'TAG') ||
	ascii(tail, 0, 'APETAGEX') ||
	ascii(tail, TAIL_BYTES - 32, 'APETAGEX');
