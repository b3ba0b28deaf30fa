import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { attachment } from '../attachment.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ReleaseToTake } from '../catalogue/holdings.ts';
import type { Storage } from '../storage/storage.ts';
import { archiveBytes, type ArchiveOptions } from './archive.ts';
import { byteRange, type ByteRange } from './byte-range.ts';
import { ContentsReader, type Contents, type ContentsOptions } from './contents.ts';
import { safePart } from './file-names.ts';
import { layOut } from './zip.ts';

/** Downloads at once: a program that takes several pieces at a time is served, and nobody takes all of the disk. */
const MOST_OF_ONE = 4;
const MOST_OF_ALL = 16;

export interface ExportsOptions {
	catalogue: Pick<Catalogue, 'people' | 'holdings' | 'playlists' | 'chapters'>;
	storage: Pick<Storage, 'absolute' | 'originalPath' | 'sizeOf'>;
	coverPath: ContentsOptions['coverPath'];
}

/** What an answer says and holds. `body` reads nothing until it is read, and ends what it opened when it is returned. */
export interface Download {
	status: 200 | 206;
	headers: Record<string, string>;
	body: AsyncGenerator<Uint8Array>;
}

/** The headers `Range` and `If-Range` of a request. */
export interface AskedRange {
	range: string | null;
	ifRange: string | null;
}

/** Music on its way out: archives that are made while they are sent, and go on from any byte. */
export function createExports({ catalogue, storage, coverPath }: ExportsOptions) {
	const { people, holdings, playlists } = catalogue;
	const contents = new ContentsReader({
		holdings,
		playlists,
		chapters: catalogue.chapters,
		sizeOf: storage.sizeOf,
		originalPath: storage.originalPath,
		coverPath
	});
	const archive: ArchiveOptions = {
		absolute: storage.absolute,
		checksums: {
			of: (sha256) => holdings.crc32Of(sha256),
			keep: (sha256, crc32) => holdings.keepCrc32(sha256, crc32)
		}
	};
	/** How many downloads are under way, by who has them. */
	const underWay = new Map<string, number>();

	function room(who: string) {
		const all = [...underWay.values()].reduce((sum, n) => sum + n, 0);
		if (all >= MOST_OF_ALL) throw new Problem('busy');
		if ((underWay.get(who) ?? 0) >= MOST_OF_ONE) throw new Problem('too_many_requests');
	}

	async function* counted(who: string, bytes: AsyncGenerator<Uint8Array>) {
		underWay.set(who, (underWay.get(who) ?? 0) + 1);
		try {
			yield* bytes;
		} finally {
			const left = (underWay.get(who) ?? 1) - 1;
			if (left > 0) underWay.set(who, left);
			else underWay.delete(who);
		}
	}

	function answer(who: string, name: string, { files, fingerprint }: Contents, asked: AskedRange) {
		const layout = layOut(files);
		const etag = `"${fingerprint}"`;
		// Another archive than the one that was begun: the rest of it would be of no use.
		const isSame = asked.ifRange === null || asked.ifRange === etag;
		const range = isSame ? byteRange(asked.range, layout.size) : null;
		if (range === 'unsatisfiable') throw new Problem('range_not_satisfiable');
		const wanted: ByteRange = range ?? { from: 0, to: layout.size };
		const download: Download = {
			status: range ? 206 : 200,
			headers: {
				'Content-Type': 'application/zip',
				'Content-Length': String(wanted.to - wanted.from),
				'Content-Disposition': attachment(`${name}.zip`),
				'Accept-Ranges': 'bytes',
				'Cache-Control': 'private, no-cache',
				ETag: etag,
				...(range && { 'Content-Range': `bytes ${range.from}-${range.to - 1}/${layout.size}` })
			},
			body: counted(who, archiveBytes(layout, wanted, archive))
		};
		return download;
	}

	/** Whose music it is about: one's own, or for the owner anybody's. @throws Problem forbidden, not_found */
	async function subject(viewer: Person, personId: string | null): Promise<Person> {
		if (personId === null || personId === viewer.id) return viewer;
		if (viewer.role !== 'owner') throw new Problem('forbidden');
		const person = await people.byId(personId);
		if (!person) throw new Problem('not_found');
		return person;
	}

	return {
		/** How much an archive of everything holds. */
		async totals(viewer: Person, personId: string | null = null) {
			return holdings.totals((await subject(viewer, personId)).id);
		},

		/** Everything of a person. @throws Problem forbidden, not_found, range_not_satisfiable, too_many_requests, busy */
		async ofPerson(viewer: Person, personId: string | null, asked: AskedRange): Promise<Download> {
			const person = await subject(viewer, personId);
			room(viewer.id);
			const all = await contents.ofPerson(person);
			return answer(viewer.id, `Segue - ${safePart(person.name, 'Music')}`, all, asked);
		},

		/** One release, for who may take it. @throws Problem not_found, range_not_satisfiable, too_many_requests, busy */
		async ofRelease(
			viewer: Person | null,
			releaseId: string,
			asked: AskedRange
		): Promise<Download> {
			const release = await holdings.release(releaseId);
			if (!release || !mayTake(release, viewer)) throw new Problem('not_found');
			// Whoever may not take the rest of somebody's music is one of many: they share their room.
			const who = viewer?.id ?? '';
			room(who);
			const isWhole = isOwn(release, viewer);
			const all = await contents.ofRelease(release.id, { isWhole });
			if (all.files.length === 0) throw new Problem('not_found');
			const name = `${safePart(release.artist)} - ${safePart(release.title)}`;
			return answer(who, name, all, asked);
		}
	};
}

const isOwn = ({ ownerId }: ReleaseToTake, viewer: Person | null) =>
	viewer !== null && (viewer.role === 'owner' || viewer.id === ownerId);

/** Its artist and the owner; everybody, of what they may hear, where its artist allows it. */
function mayTake(release: ReleaseToTake, viewer: Person | null): boolean {
	return release.downloads || isOwn(release, viewer);
}
