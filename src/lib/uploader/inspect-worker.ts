import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { kindOf } from '#contracts/file-kind';
import type { Answer, Inspected, Question } from './inspector.ts';
import { bytesOf, HEAD_BYTES, readTags } from './read-tags.ts';

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

/** @param head its first bytes, as many as a fingerprint takes or more */
async function fingerprint(file: File, head: Uint8Array): Promise<string> {
	const { size } = file;
	const start = head.slice(0, FINGERPRINT_BYTES);
	const tail = Math.max(FINGERPRINT_BYTES, size - FINGERPRINT_BYTES);
	const end = head.length === size ? head.subarray(tail) : await bytesOf(file.slice(tail));
	return bytesToHex(await digest(end.length > 0 ? joined(start, end) : start));
}

/** The browser's own is many times as fast, where it has one: in a secure context. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
	const { subtle } = globalThis.crypto;
	return subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes);
}

function joined(start: Uint8Array, end: Uint8Array): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(start.length + end.length);
	bytes.set(start);
	bytes.set(end, start.length);
	return bytes;
}

/** Each look into a file is a question to another process: a small one is read once. */
async function inspect(file: File, folder: string): Promise<Inspected> {
	// A view on a file costs a question too.
	const head = await bytesOf(file.size > HEAD_BYTES ? file.slice(0, HEAD_BYTES) : file);
	const mark = { fingerprint: await fingerprint(file, head) };
	try {
		return { ...(await describe(file, { folder, head })), ...mark };
	} catch {
		return { tags: null, coverOf: `${folder}\n`, cover: null, ...mark };
	}
}

async function describe(
	file: File,
	{ folder, head }: { folder: string; head: Uint8Array }
): Promise<Omit<Inspected, 'fingerprint'>> {
	const kind = kindOf(file.name, file.type);
	if (kind === 'cover') {
		return { tags: null, coverOf: `${folder}\n`, cover: await thumbnail(file) };
	}
	// Its songs are looked into where it is unpacked.
	if (kind === 'archive') return { tags: null, coverOf: `${folder}\n`, cover: null };
	const { tags, picture: embedded } = await readTags(file, head);
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
		if (ask === 'fingerprint') {
			const head = await bytesOf(file.slice(0, FINGERPRINT_BYTES));
			return { id, fingerprint: await fingerprint(file, head) };
		}
		return { id, ...(await inspect(file, folder)) };
	} catch (error) {
		return { id, error: error instanceof Error ? error.message : String(error) };
	}
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
	void answer(data).then((given) => postMessage(given));
});
