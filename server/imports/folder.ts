import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { shownName, shownPath } from '#contracts/file-kind';
import { Problem } from '#contracts/problem';
import { errnoOf } from '../errno.ts';
import { adopt, versionOf } from './folder-adopt.ts';
import { walk, type WalkedFile } from './folder-walk.ts';
import { FolderWatcher } from './folder-watcher.ts';
import { MAX_PAGE, type Fetched, type ListedItem, type Resume } from './items.ts';
import type { OpenSource, Source } from './source.ts';
import { SourceError } from './source-error.ts';

export interface FolderOptions {
	/** Folders that may be read, with all that is in them; absolute. */
	roots: readonly string[];
}

/**
 * A folder of the server itself. Files are read and nothing else; links are not followed, so that nothing outside of the
 * roots is reached by one.
 */
export function createFolder({ roots }: FolderOptions): Source<'folder'> {
	return {
		place: (order) => path.resolve(order.path),
		label: (order) => path.basename(path.resolve(order.path)) || 'A folder',
		async admit(order, person) {
			if (person.role !== 'owner') throw new Problem('forbidden');
			// One answer for what is not there and what is not allowed: nobody learns what else is on the disk.
			if ((await allowedFolder(order.path, roots)) === null) throw new Problem('not_found');
		},
		isWatched: (order) => order.watch,
		watch: (order, options) => new FolderWatcher(() => allowedFolder(order.path, roots), options),
		async open(order, { person }): Promise<OpenSource> {
			const folder = person.role === 'owner' ? await allowedFolder(order.path, roots) : null;
			if (folder === null) throw new SourceError('not_there', 'source');
			return openFolder(folder, { adopts: order.mode === 'adopt' });
		}
	};
}

/** Where the path really leads, when that is a folder within one of the roots; else null. */
export async function allowedFolder(
	asked: string,
	roots: readonly string[]
): Promise<string | null> {
	if (!path.isAbsolute(asked) || asked.includes('\0')) return null;
	try {
		const real = await realpath(asked);
		for (const root of roots) {
			const allowed = await realpath(root).catch(() => null);
			if (allowed !== null && isWithin(real, allowed)) {
				return (await stat(real)).isDirectory() ? real : null;
			}
		}
		return null;
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		return null;
	}
}

function openFolder(folder: string, { adopts }: { adopts: boolean }): OpenSource {
	/** Goes on where the last page ended, as long as pages are asked for in order. */
	let going: { at: string | null; files: AsyncGenerator<WalkedFile> } | null = null;
	return {
		async list(cursor) {
			if (going?.at !== cursor || going === null)
				going = { at: cursor, files: walk(folder, cursor) };
			const items: ListedItem[] = [];
			let last: string | null = null;
			while (items.length < MAX_PAGE) {
				const { done, value } = await going.files.next();
				if (done) return { items, next: null };
				last = value.relative;
				const item = toItem(folder, value);
				if (item) items.push(item);
			}
			going.at = last;
			return { items, next: last };
		},
		async fetch({ locator }, resume): Promise<Fetched> {
			if (locator === null) throw new SourceError('not_there', 'item');
			return readFile(folder, locator, { resume, adopts });
		},
		async close() {
			await going?.files.return(undefined);
		}
	};
}

const READ_BYTES = 256 * 1024;
/** More than a name may be long: such a file is left out. */
const MAX_RELATIVE = 1_000;

function toItem(folder: string, { relative, size, modifiedMs }: WalkedFile): ListedItem | null {
	if (relative.length > MAX_RELATIVE) return null;
	// The folder's own name counts too: an album may be chosen by itself.
	const where = shownPath(`${path.basename(folder)}/${relative}`);
	return {
		sourceId: relative,
		name: shownName(relative),
		...(where !== null && { path: where }),
		size,
		changed: `${size}:${Math.round(modifiedMs)}`,
		locator: relative
	};
}

async function readFile(
	folder: string,
	relative: string,
	{ resume, adopts }: { resume: Resume; adopts: boolean }
): Promise<Fetched> {
	const file = path.join(folder, relative);
	if (!isWithin(file, folder)) throw new SourceError('not_there', 'item');
	const handle = await openPlain(file, folder);
	try {
		const before = await handle.stat();
		const validator = versionOf(before);
		const offset = resume.ifRange === validator ? Math.min(resume.offset, before.size) : 0;
		const body = Readable.from(unchanged(handle, { file, offset, validator }), {
			objectMode: false
		});
		// Also when nobody ever read it.
		body.on('close', () => void handle.close().catch(() => {}));
		return {
			...{ offset, size: before.size, validator, body },
			...(adopts && { adopt: (target) => adopt(handle, file, target) })
		};
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/** The bytes of a file from `offset` on; fails at their end when it became another one meanwhile. */
async function* unchanged(
	handle: FileHandle,
	{ file, offset, validator }: { file: string; offset: number; validator: string }
): AsyncGenerator<Buffer> {
	for (let at = offset; ;) {
		const piece = Buffer.allocUnsafeSlow(READ_BYTES);
		const { bytesRead } = await handle.read(piece, 0, READ_BYTES, at).catch((cause: unknown) => {
			throw new SourceError('source_failed', 'later', { cause });
		});
		if (bytesRead === 0) break;
		at += bytesRead;
		yield piece.subarray(0, bytesRead);
	}
	const after = await stat(file).catch((cause: unknown) => {
		throw new SourceError('not_there', 'item', { cause });
	});
	if (versionOf(after) !== validator) throw new SourceError('changed_meanwhile', 'later');
}

/** Opens what is a file, lies where it seems to lie, and is no link. @throws SourceError not_there, not_allowed */
async function openPlain(file: string, folder: string): Promise<FileHandle> {
	let handle: FileHandle;
	try {
		// Without blocking: a pipe in place of a file would never open.
		handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		const code = errnoOf(error) === 'EACCES' ? 'not_allowed' : 'not_there';
		throw new SourceError(code, 'item', { cause: error });
	}
	try {
		const opened = await handle.stat();
		// A folder on the way may have become a link since it was listed: what was opened is compared with what lies there.
		const real = await realpath(file);
		const there = await stat(real);
		const isSame = opened.ino === there.ino && opened.dev === there.dev;
		if (opened.isFile() && isSame && isWithin(real, folder)) return handle;
	} catch (error) {
		await handle.close();
		throw new SourceError('not_there', 'item', { cause: error });
	}
	await handle.close();
	throw new SourceError('not_there', 'item');
}

function isWithin(file: string, folder: string): boolean {
	const relative = path.relative(folder, file);
	return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
