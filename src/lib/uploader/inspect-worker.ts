import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { kindOf } from '#contracts/file-kind';
import type { Answer, Inspected, Question } from './inspector.ts';
import { readTags } from './read-tags.ts';

const HASH_BYTES = 1024 * 1024;
/** At either end: tags stand there, and whatever writes tags anew changes them. */
const FINGERPRINT_BYTES = 64 * 1024;
const COVER_EDGE = 160;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** Releases that have their picture: the others of the album need none. */
const pictured = new Set<string>();

async function hash(file: File): Promise<string> {
	const state = sha256.create();
	for (let at = 0; at < file.size; at += HASH_BYTES) {
		state.update(new Uint8Array(await file.slice(at, at + HASH_BYTES).arrayBuffer()));
	}
	return bytesToHex(state.digest());
}

async function fingerprint(file: File): Promise<string> {
	const state = sha256.create();
	const tail = Math.max(FINGERPRINT_BYTES, file.size - FINGERPRINT_BYTES);
	for (const part of [file.slice(0, FINGERPRINT_BYTES), file.slice(tail)]) {
		state.update(new Uint8Array(await part.arrayBuffer()));
	}
	return bytesToHex(state.digest());
}

async function inspect(file: File, folder: string): Promise<Inspected> {
	const mark = { fingerprint: await fingerprint(file) };
	try {
		return { ...(await describe(file, folder)), ...mark };
	} catch {
		return { tags: null, coverOf: `${folder}\n`, cover: null, ...mark };
	}
}

async function describe(file: File, folder: string): Promise<Omit<Inspected, 'fingerprint'>> {
	const kind = kindOf(file.name, file.type);
	if (kind === 'cover') {
		return { tags: null, coverOf: `${folder}\n`, cover: await thumbnail(file) };
	}
	// Its songs are looked into where it is unpacked.
	if (kind === 'archive') return { tags: null, coverOf: `${folder}\n`, cover: null };
	const { tags, picture: embedded } = await readTags(file);
	const coverOf = `${folder}\n${tags.album ?? ''}`;
	const picture = pictured.has(coverOf) ? null : embedded;
	if (!picture || picture.data.length > MAX_PICTURE_BYTES) return { tags, coverOf, cover: null };
	pictured.add(coverOf);
	const cover = await thumbnail(new Blob([new Uint8Array(picture.data)], { type: picture.format }));
	return { tags, coverOf, cover };
}

async function thumbnail(picture: Blob): Promise<Blob | null> {
	try {
		const whole = await createImageBitmap(picture);
		const scale = COVER_EDGE / Math.min(whole.width, whole.height);
		const canvas = new OffscreenCanvas(COVER_EDGE, COVER_EDGE);
		const [width, height] = [whole.width * scale, whole.height * scale];
		const [x, y] = [(COVER_EDGE - width) / 2, (COVER_EDGE - height) / 2];
		canvas.getContext('2d')?.drawImage(whole, x, y, width, height);
		whole.close();
		return await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
	} catch {
		return null; // no picture that this browser reads: the server has its own say
	}
}

async function answer({ id, ask, file, folder }: Question): Promise<Answer> {
	try {
		if (ask === 'hash') return { id, sha256: await hash(file) };
		if (ask === 'fingerprint') return { id, fingerprint: await fingerprint(file) };
		return { id, ...(await inspect(file, folder)) };
	} catch (error) {
		return { id, error: error instanceof Error ? error.message : String(error) };
	}
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
	void answer(data).then((given) => postMessage(given));
});
