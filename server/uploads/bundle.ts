import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { Bundle, MOST_BUNDLED, type BundleAnswer, type BundledFile } from '#contracts/bundle';
import { Problem } from '#contracts/problem';
import type { Log } from '../ops/log.ts';
import { letGo } from './file-sink.ts';
import type { KnownUpload, PartialStore } from './store.ts';

export interface Unpacked extends BundledFile {
	bytes: Buffer;
}

const NEWLINE = 0x0a;
const MAX_LINE_BYTES = 16 * 1024;
const MAX_BODY_BYTES = MAX_LINE_BYTES + MOST_BUNDLED.bytes;

/**
 * Reads a bundle whole, since none of it may be written before it was looked at.
 * @throws Problem bad_request when it is not what its first line says, too_large
 */
export async function unpack(body: Readable): Promise<Unpacked[]> {
	const whole = await readWhole(body);
	const end = whole.subarray(0, MAX_LINE_BYTES).indexOf(NEWLINE);
	if (end < 0) throw new Problem('bad_request');
	const files = filesOf(whole.toString('utf8', 0, end));
	let at = end + 1;
	const unpacked = files.map((file) => {
		const bytes = whole.subarray(at, (at += file.size));
		return { ...file, bytes };
	});
	if (at !== whole.length) throw new Problem('bad_request');
	return unpacked;
}

async function readWhole(body: Readable): Promise<Buffer> {
	const pieces: Buffer[] = [];
	let length = 0;
	// One that is too large is refused, and not cut off.
	for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
		pieces.push(piece);
		if ((length += piece.length) > MAX_BODY_BYTES) throw new Problem('too_large');
	}
	const whole = Buffer.concat(pieces, length);
	for (const piece of pieces) letGo(piece);
	return whole;
}

function filesOf(line: string): BundledFile[] {
	try {
		return v.parse(Bundle, JSON.parse(line));
	} catch (cause) {
		throw new Problem('bad_request', { cause });
	}
}

interface BundlesOptions {
	store: Pick<PartialStore, 'put'>;
	find: (id: string) => Promise<(KnownUpload & { personId: string }) | null>;
	/** Does something while nobody writes to the upload. @throws Problem locked */
	alone: <T>(id: string, work: () => Promise<T>) => Promise<T>;
	/** All of it is on disk. */
	onreceived: (id: string) => Promise<void>;
	log: Log;
}

/** Keeps what came in bundles: each file whole, or not at all. */
export class Bundles {
	readonly #options: BundlesOptions;

	constructor(options: BundlesOptions) {
		this.#options = options;
	}

	async keep(files: readonly Unpacked[], personId: string): Promise<BundleAnswer> {
		const kept = await Promise.all(files.map((file) => this.#keepOne(file, personId)));
		const isNew = files.filter((_, at) => kept[at] === 'new');
		// In one moment: then all of them are one transaction.
		await Promise.all(isNew.map(({ id }) => this.#options.onreceived(id)));
		return { files: files.map(({ id }, at) => ({ id, isThere: kept[at] !== null })) };
	}

	/** @returns null when it cannot be kept: sent the ordinary way its sender is told why */
	async #keepOne(
		{ id, bytes, sha256 }: Unpacked,
		personId: string
	): Promise<'new' | 'known' | null> {
		const { store, find, alone, log } = this.#options;
		try {
			return await alone(id, async () => {
				const upload = await find(id);
				if (upload?.personId !== personId) return null;
				if (upload.isComplete) return 'known';
				const digest = sha256 === undefined ? null : Buffer.from(sha256, 'hex');
				await store.put(upload, bytes, digest && { algorithm: 'sha256', digest });
				return 'new';
			});
		} catch (error) {
			log.debug('a file of a bundle was not kept', { id, error });
			return null;
		}
	}
}
