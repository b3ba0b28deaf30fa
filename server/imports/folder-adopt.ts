import { constants, type Stats } from 'node:fs';
import { copyFile, link, lstat, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errnoOf } from '../errno.ts';
import type { Adopted } from './items.ts';

/** Which file it is, and which bytes are in it. */
export const versionOf = ({ ino, size, mtimeMs }: Stats) => `${ino}:${size}:${mtimeMs}`;

/** Whether both are the same file, whatever was written to it in between. */
export const isSameFile = (a: string, b: string) => a.split(':', 1)[0] === b.split(':', 1)[0];

/**
 * Keeps an opened file at `target` without a second copy of its bytes, where the file system can: as a clone, which
 * nobody's writing reaches, else as a second name of the same file. The file itself is only read.
 * @param file its path, which may have become another's since it was opened
 * @returns `copied` when neither can be had here; then nothing is at `target`
 */
export async function adopt(handle: FileHandle, file: string, target: string): Promise<Adopted> {
	const opened = await handle.stat();
	const version = versionOf(opened);
	if (await isCloned(handle, target)) return { kept: 'cloned', version };
	try {
		await link(file, target);
	} catch (error) {
		// Another disk, a file system without links, a file of somebody else's, too many names: all the same here.
		if (errnoOf(error) === null) throw error;
		return { kept: 'copied', version };
	}
	const linked = await lstat(target);
	if (linked.ino === opened.ino && linked.dev === opened.dev) return { kept: 'linked', version };
	await rm(target);
	return { kept: 'copied', version };
}

async function isCloned(handle: FileHandle, target: string): Promise<boolean> {
	// Only here can what is open be named; a path might lead to another file by now.
	if (process.platform !== 'linux') return false;
	try {
		await copyFile(`/proc/self/fd/${handle.fd}`, target, constants.COPYFILE_FICLONE_FORCE);
		return true;
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		await rm(target, { force: true });
		return false;
	}
}
