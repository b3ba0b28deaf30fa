import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';

interface Options {
	/** Where in the file, which is there, the first byte goes. */
	start: number;
	/** Bytes that may wait for others to be written with them. */
	gather: number;
	/** At the end all of it is on the disk and not only with the system. */
	flush: boolean;
	/** Sees each piece before it is written. */
	onpiece: (piece: Buffer) => void;
}

/** What may come while the disk is busy, and is written by the next write: bytes. */
const AHEAD_BYTES = 256 * 1024;
/** After so many bytes the disk begins to take them, while others come: whoever waits for the last waits for few. */
const SYNC_BYTES = 8 * 1024 * 1024;

/** Writes into a file what nobody else holds: see `writePieces`. */
export class FileSink extends Writable {
	readonly #path: string;
	readonly #options: Options;
	#file: FileHandle | null = null;
	#at: number;
	#gathered: Buffer[] = [];
	#gatheredBytes = 0;
	#unsyncedBytes = 0;
	#syncing: Promise<void> | null = null;
	/** A disk says only once that it lost something. */
	#lost: Error | null = null;

	constructor(path: string, options: Options) {
		super({ highWaterMark: AHEAD_BYTES });
		this.#path = path;
		this.#options = options;
		this.#at = options.start;
	}

	override _construct(done: (error?: Error) => void) {
		open(this.#path, 'r+').then((file) => {
			this.#file = file;
			done();
		}, done);
	}

	override _write(piece: Buffer, _encoding: string, done: (error?: Error) => void) {
		this.#take([piece], done);
	}

	/** What came while the disk was busy. */
	override _writev(waiting: { chunk: Buffer }[], done: (error?: Error) => void) {
		this.#take(
			waiting.map(({ chunk }) => chunk),
			done
		);
	}

	override _final(done: (error?: Error) => void) {
		this.#finish().then(() => done(), done);
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void) {
		if (!this.#file) return done(error);
		this.#file.close().then(
			() => done(error),
			(failure: Error) => done(error ?? failure)
		);
	}

	get #opened(): FileHandle {
		if (!this.#file) throw new Error('the file is not open');
		return this.#file;
	}

	#take(pieces: readonly Buffer[], done: (error?: Error) => void) {
		for (const piece of pieces) {
			this.#options.onpiece(piece);
			this.#gathered.push(piece);
			this.#gatheredBytes += piece.length;
		}
		if (this.#gatheredBytes < this.#options.gather) done();
		else this.#writeGathered().then(() => done(), done);
	}

	async #finish() {
		await this.#writeGathered();
		if (!this.#options.flush) return;
		await this.#syncing;
		if (this.#lost) throw this.#lost;
		await this.#opened.sync();
	}

	async #writeGathered() {
		const pieces = this.#gathered;
		this.#gathered = [];
		this.#gatheredBytes = 0;
		const written = await writePieces(this.#opened, pieces, this.#at);
		this.#at += written;
		this.#unsyncedBytes += written;
		if (this.#lost) throw this.#lost;
		if (this.#options.flush && this.#unsyncedBytes >= SYNC_BYTES) this.#syncBeside();
	}

	#syncBeside() {
		if (this.#syncing) return;
		this.#unsyncedBytes = 0;
		this.#syncing = this.#opened
			.datasync()
			.catch((error: Error) => {
				this.#lost = error;
			})
			.finally(() => {
				this.#syncing = null;
			});
	}
}

/**
 * Writes all of it, and lets go of its memory at once. Node copies every piece of a body into a buffer of its own, and
 * V8 counts those against a heap that is far smaller: left to the collector, a fast upload has it look through the
 * whole heap several times a second, and every page waits for that.
 * @returns bytes written @throws ENOSPC and the like
 */
export async function writePieces(
	file: FileHandle,
	pieces: readonly Buffer[],
	start: number
): Promise<number> {
	let written = 0;
	for (let left = pieces; left.length > 0;) {
		const { bytesWritten } = await file.writev(left, start + written);
		written += bytesWritten;
		left = behind(left, bytesWritten);
	}
	for (const piece of pieces) letGo(piece);
	return written;
}

/** What is left of pieces after so many bytes: a disk that is nearly full takes a part. */
function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
	let passed = bytes;
	return pieces.flatMap((piece) => {
		const skipped = Math.min(passed, piece.length);
		passed -= skipped;
		return skipped < piece.length ? [piece.subarray(skipped)] : [];
	});
}

/** Gives its memory back now. Not of one that shares it, as small ones do. */
export function letGo({ buffer, byteLength }: Buffer) {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
