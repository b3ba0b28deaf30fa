import { link, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Person } from '#contracts/account';
import { kindOf } from '#contracts/file-kind';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import { errnoOf } from '../errno.ts';

/** Long enough to try again what failed. */
const KEEP_MS = 14 * 24 * 60 * 60 * 1000;
/** APPNOTE 4.3.7: what stands before the first file; an empty archive has no music. */
const FIRST_FILE = Buffer.from('PK\u0003\u0004', 'latin1');

export interface ArchivesOptions {
	uploads: Pick<Catalogue['uploads'], 'byId'>;
	/** Where they lie, named by their uploads. */
	folder: string;
	/** Imports what is in one, unless that is under way. */
	unpack: (upload: StoredUpload) => Promise<void>;
	now?: () => number;
}

export type Archives = ReturnType<typeof createArchives>;

/** Archives that were uploaded, kept while their music is brought in. */
export function createArchives({ uploads, folder, unpack, now = Date.now }: ArchivesOptions) {
	const fileOf = (uploadId: string) => path.join(folder, uploadId);

	return {
		/** Takes an upload that is an archive, by its name and its first bytes; false when it is none. Safe to repeat. */
		async take(upload: StoredUpload, file: string): Promise<boolean> {
			if (kindOf(upload.name, undefined) !== 'archive') return false;
			if (!(await beginsAsArchive(file))) return false;
			try {
				await link(file, fileOf(upload.id));
			} catch (error) {
				if (errnoOf(error) !== 'EEXIST') throw error;
			}
			await used(fileOf(upload.id));
			await unpack(upload);
			return true;
		},

		/** One that this person uploaded, or null when it is not here. */
		async find(uploadId: string, person: Person): Promise<{ file: string; name: string } | null> {
			const upload = await uploads.byId(uploadId);
			if (!upload || upload.personId !== person.id) return null;
			const file = fileOf(upload.id);
			return (await used(file)) ? { file, name: upload.name } : null;
		},

		/** Removes those that nobody has looked into for a while. */
		async sweep(): Promise<void> {
			for (const name of await readdir(folder)) {
				const file = path.join(folder, name);
				try {
					if (now() - (await stat(file)).mtimeMs > KEEP_MS) await rm(file, { force: true });
				} catch (error) {
					if (errnoOf(error) !== 'ENOENT') throw error;
				}
			}
		}
	};

	/** Its time is when it was last looked into. @returns false when it is not here */
	async function used(file: string): Promise<boolean> {
		try {
			await utimes(file, now() / 1000, now() / 1000);
			return true;
		} catch (error) {
			if (errnoOf(error) === 'ENOENT') return false;
			throw error;
		}
	}
}

async function beginsAsArchive(file: string): Promise<boolean> {
	const handle = await open(file, 'r');
	try {
		const head = Buffer.alloc(FIRST_FILE.length);
		await handle.read(head, 0, head.length, 0);
		return head.equals(FIRST_FILE);
	} finally {
		await handle.close();
	}
}
