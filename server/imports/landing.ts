import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { kindOf, shownName, shownPath } from '#contracts/file-kind';
import { Problem } from '#contracts/problem';
import { OPEN_STATES } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredItem } from '../catalogue/import-items.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import { errnoOf } from '../errno.ts';
import { fileSize } from '../file-size.ts';
import type { cleaned } from '../intake/description.ts';
import type { ingestOf } from '../intake/intake.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Live } from '../live/live.ts';
import { isSameFile } from './folder-adopt.ts';
import type { Adopted, Fetched } from './items.ts';
import { SourceError } from './source-error.ts';

/** As uploads do: after so many bytes they are on the disk and not only with the system. */
const SYNC_BYTES = 8 * 1024 * 1024;
/** What servers send instead of music. */
const NO_MUSIC = /^(text\/|application\/(json|xml|xhtml|rss|atom|pdf))/i;
const PAGE = 500;

interface LandingOptions {
	/** Where bytes lie until an item is whole. */
	folder: string;
	/** Where received uploads lie. */
	partials: string;
	catalogue: Catalogue;
	jobs: Pick<Jobs, 'add'>;
	/** What intake does with every upload: its job, and what is said of it made fit to be kept. */
	intake: { ingestOf: typeof ingestOf; cleaned: typeof cleaned };
	live: Pick<Live, 'say'>;
	maxBytes: number;
	/** @throws SourceError quota_exceeded, disk_full */
	room: (personId: string, bytes: number) => Promise<void>;
	now: () => number;
}

/** An item of which every byte is here. */
export interface Whole {
	name: string;
	size: number;
	/** Where it is. */
	file: string;
	/** How it is kept, when it was to stay where it lies. */
	adopted?: Adopted;
}

export type Landing = ReturnType<typeof createLanding>;

/** Where bytes of imports come down: first as what is there of an item, then, once it is whole, as an upload. */
export function createLanding(options: LandingOptions) {
	const { folder, partials, catalogue, jobs, intake, live, maxBytes, room, now } = options;
	const fileOf = (id: number) => path.join(folder, String(id));
	/** Never a name that is written to: it may be a second name of somebody's own file. */
	const adoptedOf = (id: number) => path.join(folder, `${id}.adopted`);
	const forget = async (id: number) => {
		await rm(fileOf(id), { force: true });
		await rm(adoptedOf(id), { force: true });
	};

	return {
		/** Bytes that are here of an item. */
		async here({ id, validator }: StoredItem): Promise<number> {
			return validator === null ? 0 : ((await fileSize(fileOf(id))) ?? 0);
		},

		whole: ({ id, name }: StoredItem, size: number): Whole => ({ name, size, file: fileOf(id) }),

		/**
		 * Keeps an item as it lies on this machine, where somebody wants that.
		 * @returns what is left to do when it is `copied`; null when nobody asked
		 * @throws SourceError
		 */
		async adopt(item: StoredItem, fetched: Fetched, personId: string): Promise<Whole | null> {
			const { size, body } = fetched;
			const file = adoptedOf(item.id);
			const isMusic = kindOf(item.name, fetched.type) === 'audio';
			if (!fetched.adopt || size === null || !isMusic) return null;
			if (size > maxBytes) throw new SourceError('too_large', 'item');
			await mkdir(folder, { recursive: true });
			const adopted = await fetched.adopt(file);
			if (adopted.kept !== 'copied') {
				body.on('error', () => {}); // nobody reads it
				body.destroy();
				await room(personId, 0);
			}
			return { name: item.name, size, file, adopted };
		},

		/**
		 * Writes what comes behind what is here.
		 * @param onbytes told of each piece
		 * @returns bytes of the whole item
		 * @throws SourceError
		 */
		async write(
			item: StoredItem,
			fetched: Fetched,
			{ personId, onbytes }: { personId: string; onbytes: (bytes: number) => void }
		): Promise<number> {
			const { offset, size, body } = fetched;
			try {
				const isMusic = kindOf(fetched.name ?? item.name, fetched.type) === 'audio';
				if (!isMusic && NO_MUSIC.test(fetched.type ?? ''))
					throw new SourceError('not_audio', 'item');
				if ((size ?? 0) > maxBytes) throw new SourceError('too_large', 'item');
				await room(personId, size ?? item.size ?? 0);
				await mkdir(folder, { recursive: true });
				await using file = await open(fileOf(item.id), offset === 0 ? 'w' : 'r+');
				await file.truncate(offset);
				let at = offset;
				let synced = offset;
				for await (const chunk of body as AsyncIterable<Buffer>) {
					if (size !== null && at + chunk.length > size)
						throw new SourceError('wrong_length', 'item');
					if (at + chunk.length > maxBytes) throw new SourceError('too_large', 'item');
					for (let from = 0; from < chunk.length;) {
						const { bytesWritten } = await file.write(chunk, from, chunk.length - from, at);
						from += bytesWritten;
						at += bytesWritten;
					}
					onbytes(chunk.length);
					if (at - synced >= SYNC_BYTES) {
						await room(personId, 0);
						await file.sync();
						synced = at;
					}
				}
				if (size !== null && at < size) throw new SourceError('wrong_length', 'later');
				await file.sync();
				return at;
			} catch (error) {
				if (errnoOf(error) === 'ENOSPC')
					throw new SourceError('disk_full', 'later', { cause: error });
				throw error;
			} finally {
				body.on('error', () => {}); // nobody reads it any more
				body.destroy();
			}
		},

		/** It is whole: from here on it is an upload like any other. May be repeated after a crash. */
		async handOver(
			row: StoredImport,
			item: StoredItem,
			{ name, size, file, adopted }: Whole
		): Promise<void> {
			if (size === 0) throw new SourceError('empty_file', 'item');
			const id = randomBytes(16).toString('hex');
			const hash = createHash('sha256').update(item.sourceId).digest('hex').slice(0, 32);
			const key = `import:${row.place}:${hash}`;
			await link(file, path.join(partials, id));
			await catalogue.transaction(async (nouns) => {
				const before = await nouns.uploads.byKey(row.personId, key);
				if (before) await nouns.uploads.releaseKey(before.id);
				// Somebody wrote to the file that the portal kept by another name: what it kept is no longer what it was.
				const isAltered =
					item.keptVersion !== null && adopted && isSameFile(item.keptVersion, adopted.version);
				await nouns.uploads.add({
					id,
					personId: row.personId,
					key,
					name: shownName(name),
					path: shownPath(item.path ?? undefined),
					size,
					type: item.type,
					lastModified: null,
					sha256: null,
					publish: row.publish,
					publishSaid: false,
					description: item.description && intake.cleaned(item.description),
					...(isAltered && { replacesId: before?.trackId ?? null }),
					now: now()
				});
				await nouns.uploads.move(id, OPEN_STATES, { state: 'received', now: now() });
				const event = { type: 'upload_changed', uploadId: id, state: 'received' } as const;
				await live.say(row.personId, event, nouns);
				const upload = await nouns.uploads.byId(id);
				if (!upload) throw new Problem('unexpected');
				await jobs.add({ ...intake.ingestOf(upload), priority: 'background' }, nouns);
				await nouns.importItems.change(item.id, {
					...{ state: 'processing', uploadId: id, kept: adopted?.kept ?? null },
					keptVersion: adopted?.kept === 'linked' ? adopted.version : null
				});
				await nouns.imports.count(row.id, { bytes: size });
			});
			await forget(item.id);
		},

		forget,

		/** Bytes of items that nobody wants any more. */
		async sweep(): Promise<void> {
			const names = await namesIn(folder);
			const ids = [...new Set(names.map((name) => parseInt(name, 10)))].filter(
				Number.isSafeInteger
			);
			for (let at = 0; at < ids.length; at += PAGE) {
				const page = ids.slice(at, at + PAGE);
				const wanted = await catalogue.importItems.wantedAmong(page);
				for (const id of page) if (!wanted.has(id)) await forget(id);
			}
		}
	};
}

async function namesIn(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return [];
		throw error;
	}
}
