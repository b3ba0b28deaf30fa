import { randomBytes } from 'node:crypto';
import {
	access,
	link,
	mkdir,
	open,
	readdir,
	rename,
	rm,
	statfs,
	writeFile
} from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../errno.ts';
import { fileSize } from '../file-size.ts';

const MARKER = '.segue-storage';
const FOLDERS = [
	'partials',
	'originals',
	'renditions',
	'peaks',
	'covers',
	'archives',
	'tmp'
] as const;
const SHA256 = /^[0-9a-f]{64}$/;

export type Storage = Awaited<ReturnType<typeof openStorage>>;

/**
 * Where bytes lie. Originals and what is derived from them are named by content, so that every step may be
 * repeated: write to a temporary name, sync, rename, sync the folder. Paths given out are relative to `root`.
 * @throws Error with one sentence when the folder cannot be written, or when it is not the one that was used before
 */
export async function openStorage({ root, isNew }: { root: string; isNew: boolean }) {
	await claimStorage({ root, isNew });
	for (const folder of FOLDERS) await mkdir(path.join(root, folder), { recursive: true });
	// Half-made things of a process that died; whatever they were for begins again.
	await rm(path.join(root, 'tmp'), { recursive: true, force: true });
	await mkdir(path.join(root, 'tmp'));

	const absolute = (relative: string) => {
		const file = path.resolve(root, relative);
		if (path.relative(root, file).startsWith('..'))
			throw new Error('a path led out of the storage');
		return file;
	};

	return {
		root,
		partials: path.join(root, 'partials'),
		archives: path.join(root, 'archives'),
		tmp: path.join(root, 'tmp'),
		absolute,
		originalPath,
		/** Bytes of a file, or null when it is not there. */
		sizeOf: (relative: string) => fileSize(absolute(relative)),

		/** An empty folder of the caller's own, to be removed by `release`. */
		async scratch(): Promise<{ folder: string; release: () => Promise<void> }> {
			const folder = path.join(root, 'tmp', randomBytes(8).toString('hex'));
			await mkdir(folder);
			return { folder, release: () => rm(folder, { recursive: true, force: true }) };
		},

		/** Gives a received file its name by content. The received file stays until it is removed. */
		async keepOriginal(file: string, sha256: string): Promise<string> {
			const relative = originalPath(sha256);
			const target = absolute(relative);
			await mkdir(path.dirname(target), { recursive: true });
			await syncFile(file);
			try {
				await link(file, target);
			} catch (error) {
				if (errnoOf(error) !== 'EEXIST') throw error;
			}
			await syncFolder(path.dirname(target));
			return relative;
		},

		/** Moves a finished derived file to where it is served from. */
		async keepDerived(file: string, relative: string): Promise<string> {
			const target = absolute(relative);
			await mkdir(path.dirname(target), { recursive: true });
			await syncFile(file);
			await rename(file, target);
			await syncFolder(path.dirname(target));
			return relative;
		},

		/** Takes away what can be made again, or was never made. */
		removeDerived: (relative: string) => rm(absolute(relative), { force: true }),

		/** Takes bytes away for good: no row refers to them. */
		remove: (relative: string) => rm(absolute(relative), { force: true }),

		/** Bytes that may still be written, as the file system says. */
		async freeBytes(): Promise<number> {
			const { bavail, bsize } = await statfs(root);
			return bavail * bsize;
		},

		/** Throws when a small file cannot be written, though there is room. */
		async probe(): Promise<void> {
			await access(path.join(root, MARKER));
			const file = path.join(root, 'tmp', `probe-${randomBytes(4).toString('hex')}`);
			try {
				await writeFile(file, 'ok');
			} catch (error) {
				if (errnoOf(error) !== 'ENOSPC') throw error; // a full disk has a check of its own
			} finally {
				await rm(file, { force: true });
			}
		}
	};
}

/** Below the storage folder. @throws Error unless it is a sha-256 in hexadecimal */
function originalPath(sha256: string): string {
	if (!SHA256.test(sha256)) throw new Error('not a sha-256');
	return `originals/${sha256.slice(0, 2)}/${sha256}`;
}

/** An unmounted disk must never look like an empty library. */
export async function claimStorage({
	root,
	isNew
}: {
	root: string;
	isNew: boolean;
}): Promise<void> {
	const marker = path.join(root, MARKER);
	try {
		await mkdir(root, { recursive: true });
		const names = await readdir(root);
		if (names.includes(MARKER)) return;
		if (!isNew) {
			throw new Error(
				`The storage folder ${root} is not the one this library was kept in: is a disk missing? Nothing was started.`
			);
		}
		await writeFile(marker, 'Segue keeps music here. Without this file it does not start.\n', {
			flush: true
		});
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		throw new Error(`The storage folder ${root} cannot be written.`, { cause: error });
	}
}

async function syncFile(file: string) {
	const handle = await open(file, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** A rename is safe from a power cut only when its folder is. */
async function syncFolder(folder: string) {
	await syncFile(folder);
}
