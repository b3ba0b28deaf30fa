import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { Upload, type KvStore } from '@tus/utils';
import { errnoOf } from '../errno.ts';
import { FileSink, writePieces } from './file-sink.ts';
import { TusRefusal } from './refusal.ts';

/** What the store must know of an upload. `isComplete` once its bytes belong to the catalogue. */
export interface KnownUpload {
	id: string;
	name: string;
	size: number;
	createdAt: number;
	isComplete: boolean;
}

export interface Checksum {
	algorithm: 'sha256';
	digest: Buffer;
}

interface StoreOptions {
	folder: string;
	find: (id: string) => Promise<KnownUpload | null>;
	/** The request being handled, if this is done for one. */
	incoming: () => Incoming | null;
	/** An upload has come to an offset. */
	onwritten: (id: string, offset: number) => void;
}

/** A request with bytes of an upload, as far as the store has to do with it. */
export interface Incoming {
	/** What it announced, if it did. */
	checksum: Checksum | null;
	/** Length of its body in bytes, if it said so. */
	length: number | null;
	/** Hears of each piece of the body that came. */
	onbytes: ((bytes: number) => void) | null;
	/** The upload as it was when the request had got its lock. */
	known: KnownUpload | null;
}

interface Body {
	offset: number;
	checksum: Checksum | null;
	length: number | null;
	onbytes: (bytes: number) => void;
}

/** So much of a body is looked at before any of it is written; then nothing has to be taken back. */
const MAX_HELD_BYTES = 512 * 1024;
/** After so many bytes, and after the last one, they are on the disk and not only with the system. */
const SYNC_BYTES = 8 * 1024 * 1024;
/** Pieces come with some 20 KiB, of which each write would cost more than what it writes. */
const WRITE_BYTES = 256 * 1024;

/** Uploads are known by the catalogue; the library's own records are not asked and not written. */
const noRecords: KvStore<Upload> = {
	get: async () => undefined,
	set: async () => {},
	delete: async () => {}
};

/**
 * tus over plain files. The offset is the size of the file, so it is right after any crash. A chunk that came with a
 * checksum counts only once it is verified: a small one is verified before it is written, and while a large one is
 * written, a note beside the file holds the offset before it. What was acknowledged survives the death of the process;
 * of what came since the last SYNC_BYTES a power cut may take some, and the offset says so.
 */
export class PartialStore extends FileStore {
	readonly #options: StoreOptions;

	constructor(options: StoreOptions) {
		super({ directory: options.folder, configstore: noRecords });
		this.#options = options;
		// tus: what is not listed is not offered. Creation is POST /api/uploads.
		this.extensions = ['termination', 'checksum'];
	}

	/** Makes the empty file. An id is never made twice, so one that is there is an error. */
	async add(id: string): Promise<void> {
		const handle = await open(this.pathOf(id), 'wx');
		await handle.close();
	}

	/** The same for an upload that should have a file, and lost it to a crash. */
	async ensure(id: string): Promise<void> {
		const handle = await open(this.pathOf(id), 'a');
		await handle.close();
	}

	pathOf(id: string): string {
		return path.join(this.#options.folder, id);
	}

	override async getUpload(id: string): Promise<Upload> {
		const known = await this.#options.find(id);
		if (!known) throw new TusRefusal(404, 'not_found');
		const incoming = this.#options.incoming();
		if (incoming) incoming.known = known;
		const offset = known.isComplete ? known.size : await this.offset(id);
		if (offset === null) throw new TusRefusal(410, 'gone');
		return new Upload({
			id,
			size: known.size,
			offset,
			creation_date: new Date(known.createdAt).toISOString()
		});
	}

	/** Bytes that count, or null when there is no file. Rolls an unverified chunk back: only for who holds the lock. */
	async offset(id: string): Promise<number | null> {
		const size = await sizeOf(this.pathOf(id));
		if (size === null) return null;
		const verified = await this.#verifiedOffset(id);
		if (verified === null) return size;
		// Also where nothing of the chunk came: the note would take back what is verified later.
		await this.#rollBack(id, Math.min(verified, size));
		return Math.min(verified, size);
	}

	/** Bytes that count, for a list: looks only. */
	async peek(id: string): Promise<number> {
		const size = await sizeOf(this.pathOf(id));
		// Most of a long list has not begun: of those nobody has noted anything.
		if (size === null || size === 0) return 0;
		return Math.min(size, (await this.#verifiedOffset(id)) ?? Infinity);
	}

	/** @throws ENOSPC as it came, and 460 when the chunk is not what was announced */
	override async write(readable: Readable, id: string, offset: number): Promise<number> {
		const incoming = this.#options.incoming();
		const known = incoming?.known ?? (await this.#options.find(id));
		if (!known) throw new TusRefusal(404, 'not_found');
		if (known.isComplete) return offset; // a repeated last request: its bytes are at home already
		const { checksum = null, length = null } = incoming ?? {};
		const isHeld = checksum !== null && length !== null && length <= MAX_HELD_BYTES;
		const end = isHeld
			? await this.#writeHeld(readable, known, { offset, checksum })
			: await this.#writeThrough(readable, known, {
					...{ offset, checksum, length },
					onbytes: incoming?.onbytes ?? (() => {})
				});
		this.#options.onwritten(id, end);
		return end;
	}

	/**
	 * A whole file that came at once; one that is there already is left as it is. Only for who holds the lock.
	 * @throws TusRefusal 400, 410 and 460; 409 when a part of it is there
	 */
	async put({ id, size }: KnownUpload, bytes: Buffer, checksum: Checksum | null): Promise<void> {
		if (bytes.length !== size) throw new TusRefusal(400, 'bad_request');
		if (
			checksum &&
			!createHash(checksum.algorithm).update(bytes).digest().equals(checksum.digest)
		) {
			throw new TusRefusal(460, 'checksum_mismatch');
		}
		const offset = await this.offset(id);
		if (offset === null) throw new TusRefusal(410, 'gone');
		if (offset === size) return;
		if (offset > 0) throw new TusRefusal(409, 'offset_conflict');
		await using file = await open(this.pathOf(id), 'r+');
		await writePieces(file, [bytes], 0);
		await file.sync();
		this.#options.onwritten(id, size);
	}

	/** Verified first: whatever of it gets to the disk is right. A body that was cut never was. */
	async #writeHeld(
		readable: Readable,
		{ id, size }: KnownUpload,
		{ offset, checksum }: { offset: number; checksum: Checksum }
	): Promise<number> {
		const pieces: Buffer[] = [];
		const hash = createHash(checksum.algorithm);
		for await (const piece of readable as AsyncIterable<Buffer>) {
			pieces.push(piece);
			hash.update(piece);
		}
		if (!hash.digest().equals(checksum.digest)) throw new TusRefusal(460, 'checksum_mismatch');
		await using file = await open(this.pathOf(id), 'r+');
		const end = offset + (await writePieces(file, pieces, offset));
		if (isSyncDue(size, { offset, end })) await file.sync();
		return end;
	}

	async #writeThrough(
		readable: Readable,
		{ id, size }: KnownUpload,
		{ offset, checksum, length, onbytes }: Body
	): Promise<number> {
		const flush = length === null || isSyncDue(size, { offset, end: offset + length });
		if (checksum) await this.#note(id, offset);
		const hash = checksum && createHash(checksum.algorithm);
		let written = 0;
		try {
			const sink = new FileSink(this.pathOf(id), {
				...{ start: offset, flush },
				// Without a checksum what has come counts, also when the process dies: it waits for the disk alone.
				gather: checksum ? WRITE_BYTES : 0,
				onpiece(piece) {
					written += piece.length;
					onbytes(piece.length);
					hash?.update(piece);
				}
			});
			await pipeline(readable, sink);
		} catch (error) {
			if (checksum) await this.#rollBack(id, offset);
			throw error;
		}
		if (checksum && !hash?.digest().equals(checksum.digest)) {
			await this.#rollBack(id, offset);
			// tus checksum extension: 460, and the chunk is discarded.
			throw new TusRefusal(460, 'checksum_mismatch');
		}
		if (checksum) await rm(this.#notePath(id), { force: true });
		return offset + written;
	}

	override async remove(id: string): Promise<void> {
		await rm(`${this.#notePath(id)}.new`, { force: true });
		await rm(this.#notePath(id), { force: true });
		await rm(this.pathOf(id), { force: true });
	}

	/** Whole or not there: a note that was cut short by a crash would take verified bytes away. */
	async #note(id: string, offset: number) {
		const draft = `${this.#notePath(id)}.new`;
		await writeFile(draft, String(offset));
		await rename(draft, this.#notePath(id));
	}

	#notePath(id: string) {
		return `${this.pathOf(id)}.verified`;
	}

	async #verifiedOffset(id: string): Promise<number | null> {
		try {
			const note = await readFile(this.#notePath(id), 'utf8');
			// Unreadable after a power cut: then what is there counts, and the whole file's hash has the last word.
			return /^\d+$/.test(note) ? Number(note) : null;
		} catch (error) {
			if (errnoOf(error) === 'ENOENT') return null;
			throw error;
		}
	}

	async #rollBack(id: string, offset: number) {
		await truncate(this.pathOf(id), offset);
		await rm(this.#notePath(id), { force: true });
	}
}

const isSyncDue = (size: number, { offset, end }: { offset: number; end: number }) =>
	end >= size || Math.floor(end / SYNC_BYTES) > Math.floor(offset / SYNC_BYTES);

async function sizeOf(file: string): Promise<number | null> {
	try {
		return (await stat(file)).size;
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return null;
		throw error;
	}
}
