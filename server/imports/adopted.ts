import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { FolderOrder } from '#contracts/import-folder';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import { errnoOf } from '../errno.ts';
import { isSameFile, versionOf } from './folder-adopt.ts';
import { allowedFolder } from './folder.ts';

const PAGE = 500;
const LOOK_MS = 60 * 60 * 1000;

interface AdoptedOptions {
	catalogue: Pick<Catalogue, 'adoptedFiles'>;
	roots: readonly string[];
	/** Told of an import of which something else is true now. */
	onchange: (row: StoredImport) => Promise<void>;
	now: () => number;
}

export type AdoptedFiles = ReturnType<typeof createAdoptedFiles>;

/** What became of files that the portal shares with their owner: it only ever looks at them. */
export function createAdoptedFiles({ catalogue, roots, onchange, now }: AdoptedOptions) {
	let lookedAt = now();

	async function linkedOf(row: StoredImport, folder: string) {
		const found = { altered: 0, gone: 0 };
		for (let after = 0; ;) {
			const page = await catalogue.adoptedFiles.linked(row.id, { after, limit: PAGE });
			for (const { locator, keptVersion } of page) {
				const state = await stateOf(path.join(folder, locator ?? ''), keptVersion ?? '');
				if (state) found[state] += 1;
			}
			const last = page.at(-1);
			if (!last || page.length < PAGE) return found;
			after = last.id;
		}
	}

	async function look(row: StoredImport): Promise<void> {
		const order = JSON.parse(row.body) as FolderOrder;
		if (order.source !== 'folder' || order.mode !== 'adopt') return;
		const { copied, cloned, linked } = await catalogue.adoptedFiles.keptCounts(row.id);
		const folder = await allowedFolder(order.path, roots);
		// Of a folder that is away nothing is known.
		const found = folder === null ? row : await linkedOf(row, folder);
		const kept = {
			...{ shared: cloned + linked, copied },
			...{ altered: found.altered, gone: found.gone }
		};
		const isSame = (Object.keys(kept) as (keyof typeof kept)[]).every(
			(name) => kept[name] === row[name]
		);
		if (isSame) return;
		await catalogue.adoptedFiles.looked(row.id, kept);
		await onchange(row);
	}

	return {
		look,

		/** Looks at all of them, once an hour. */
		async sweep(): Promise<void> {
			if (now() - lookedAt < LOOK_MS) return;
			lookedAt = now();
			for (let after = ''; ;) {
				const page = await catalogue.adoptedFiles.sharing(after, PAGE);
				for (const row of page) await look(row);
				const last = page.at(-1);
				if (!last || page.length < PAGE) return;
				after = last.id;
			}
		}
	};
}

async function stateOf(file: string, version: string): Promise<'altered' | 'gone' | null> {
	try {
		const now = versionOf(await lstat(file));
		if (!isSameFile(now, version)) return 'gone'; // another file lies there
		return now === version ? null : 'altered';
	} catch (error) {
		if (errnoOf(error) === null) throw error;
		return 'gone';
	}
}
