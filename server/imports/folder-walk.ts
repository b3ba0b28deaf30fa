import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { kindOf } from '#contracts/file-kind';
import { errnoOf } from '../errno.ts';

/** A song or a cover in a folder of this machine. */
export interface WalkedFile {
	/** Below the folder, with forward slashes. */
	relative: string;
	size: number;
	modifiedMs: number;
}

/** Deeper than any library; a loop of mounts ends here. */
const MAX_DEPTH = 32;

/**
 * Music below a folder, always in the same order, from behind `after` on. Links are not followed, hidden things not
 * looked into, what cannot be read is left out.
 * @param onfolder told of each folder before what is in it is read
 */
export async function* walk(
	root: string,
	after: string | null,
	onfolder: (folder: string) => void = () => {}
): AsyncGenerator<WalkedFile> {
	yield* walkBelow(root, [], { after: after === null ? null : after.split('/'), onfolder });
}

async function* walkBelow(
	root: string,
	parts: readonly string[],
	{ after, onfolder }: { after: readonly string[] | null; onfolder: (folder: string) => void }
): AsyncGenerator<WalkedFile> {
	if (parts.length > MAX_DEPTH) return;
	onfolder(path.join(root, ...parts));
	for (const entry of await entriesOf(path.join(root, ...parts))) {
		const order = after === null ? 1 : compare(entry.name, after[0] ?? '');
		if (order < 0) continue;
		const here = [...parts, entry.name];
		if (entry.isDirectory()) {
			const rest = order === 0 && after ? after.slice(1) : null;
			yield* walkBelow(root, here, { after: rest, onfolder });
		} else if (entry.isFile() && isWanted(entry.name) && (order > 0 || after?.length !== 1)) {
			const file = await statOf(path.join(root, ...here));
			if (file) yield { relative: here.join('/'), ...file };
		}
	}
}

async function entriesOf(folder: string): Promise<Dirent[]> {
	try {
		const entries = await readdir(folder, { withFileTypes: true });
		return entries
			.filter(({ name }) => !name.startsWith('.') && !name.startsWith('@'))
			.sort((a, b) => compare(a.name, b.name));
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		return [];
	}
}

async function statOf(file: string): Promise<Omit<WalkedFile, 'relative'> | null> {
	try {
		const { size, mtimeMs } = await lstat(file);
		return { size, modifiedMs: mtimeMs };
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		return null;
	}
}

function isWanted(name: string): boolean {
	const kind = kindOf(name, undefined);
	return kind === 'audio' || kind === 'cover';
}

/** By code units: another order on another machine would lose the place. */
function compare(a: string, b: string): number {
	return a === b ? 0 : a < b ? -1 : 1;
}
