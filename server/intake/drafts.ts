import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { Description, DescribeUploads, PublishUploads } from '#contracts/upload';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { ReleaseName } from '../catalogue/releases.ts';
import type { NewTrack, StoredTrack } from '../catalogue/tracks.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Live } from '../live/live.ts';
import { folderOf, type Metadata } from '../metadata.ts';
import { cleaned, described, visibilityOf, type Described } from './description.ts';

interface Cover {
	hash: string;
	color: string;
}

/** What ingest found in a file. `cover` is the embedded one. */
export type FoundMusic = Pick<NewTrack, 'durationMs' | 'original' | 'stream'> & {
	tags: Metadata;
	cover: Cover | null;
};

/** Where a description puts a track. */
interface Place {
	described: Described;
	artistId: string;
	/** Null for a track that stands alone. */
	release: ReleaseName | null;
}

/** A track that is described anew. */
interface Move {
	upload: StoredUpload;
	track: StoredTrack;
	place: Place;
	/** Whether the cover is among what was said just now. */
	saysCover: boolean;
}

interface DraftsOptions {
	catalogue: Catalogue;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

export type Drafts = ReturnType<typeof createDrafts>;

/**
 * What people say about their uploads, and when others see them. The upload keeps what its tags say and what its
 * person says; the track is what both make together, whichever comes last.
 */
export function createDrafts({ catalogue, live, now = Date.now }: DraftsOptions) {
	/** @throws Problem not_found unless all are there and this person's */
	async function own(nouns: Nouns, person: Person, ids: readonly string[]) {
		if (person.role === 'listener') throw new Problem('forbidden');
		const wanted = new Set(ids);
		const uploads = await nouns.uploads.ownedAmong(person.id, [...wanted]);
		if (uploads.length < wanted.size) throw new Problem('not_found');
		return uploads;
	}

	async function placeOf(nouns: Nouns, upload: StoredUpload): Promise<Place> {
		const person = await nouns.people.byId(upload.personId);
		const made = described(upload, person?.name ?? 'Unknown artist');
		const { id: artistId } = await nouns.artists.findOrAdd(made.artist, now());
		if (made.album === null) return { described: made, artistId, release: null };
		const { id: ofRelease } = await nouns.artists.findOrAdd(made.albumArtist, now());
		const release = { ownerId: upload.personId, artistId: ofRelease, title: made.album };
		return { described: made, artistId, release };
	}

	async function releaseIdOf(nouns: Nouns, { release }: Place): Promise<string | null> {
		return release && (await nouns.releases.findOrAdd(release, now())).id;
	}

	/** What is said about the cover; undefined when nothing is, or it names a picture that is not this person's. */
	async function saidCover(nouns: Nouns, upload: StoredUpload): Promise<Cover | null | undefined> {
		const hash = upload.description?.cover;
		if (hash === undefined || hash === null) return hash;
		return (await nouns.covers.ofPerson(upload.personId, hash)) ?? undefined;
	}

	/** The track itself, or its release, bears the cover that is said; a release shows one picture, not many. */
	async function add(nouns: Nouns, uploadId: string, music: FoundMusic) {
		const { tags, cover: embedded, ...file } = music;
		await nouns.uploads.keepTags(uploadId, tags);
		// Read here and not before: what was said while the file was being prepared counts.
		const upload = await nouns.uploads.byId(uploadId);
		if (!upload) throw new Error(`upload ${uploadId} is gone`);
		const place = await placeOf(nouns, upload);
		const releaseId = await releaseIdOf(nouns, place);
		const said = await saidCover(nouns, upload);
		if (releaseId !== null && said) await nouns.releases.setCover(releaseId, said);
		if (releaseId !== null && said === undefined) {
			const cover = embedded ?? (await coverBeside(nouns, upload));
			if (cover) await nouns.releases.setCoverIfNone(releaseId, cover);
		}
		const track = await nouns.tracks.addOnce({
			...file,
			...place.described,
			artistId: place.artistId,
			releaseId,
			visibility: visibilityOf(upload),
			cover: said === undefined ? embedded : releaseId === null ? said : null,
			ownerId: upload.personId,
			uploadId,
			now: now()
		});
		if (releaseId !== null) await nouns.releases.settle(releaseId);
		return { id: track.id, isPublic: visibilityOf(upload) === 'public' };
	}

	async function coverBeside(nouns: Nouns, { personId, path }: StoredUpload) {
		const folder = folderOf(path);
		return folder === null ? null : nouns.folderCovers.of(personId, folder);
	}

	/** What is said goes over what was said before; of two about one upload the later counts. */
	async function describe(
		nouns: Nouns,
		person: Person,
		said: readonly { id: string; description: Description }[]
	): Promise<void> {
		const ids = said.map(({ id }) => id);
		const uploads = new Map((await own(nouns, person, ids)).map((upload) => [upload.id, upload]));
		const withCover = new Set<string>();
		for (const { id, description } of said) {
			const upload = uploads.get(id);
			if (!upload) continue;
			upload.description = { ...upload.description, ...cleaned(description) };
			if (description.cover !== undefined) withCover.add(id);
		}
		for (const { id, description } of uploads.values()) {
			if (description) await nouns.uploads.describe(id, description);
		}
		const moves: Move[] = [];
		for (const track of await nouns.tracks.ofUploads(ids)) {
			const upload = uploads.get(track.uploadId);
			if (!upload) continue;
			const place = await placeOf(nouns, upload);
			moves.push({ upload, track, place, saysCover: withCover.has(upload.id) });
		}
		await moveAll(nouns, moves);
	}

	async function moveAll(nouns: Nouns, moves: readonly Move[]) {
		await renameWhole(nouns, moves);
		const touched = new Set<string>();
		for (const move of moves) {
			const releaseId = await releaseIdOf(nouns, move.place);
			for (const id of [releaseId, move.track.releaseId]) if (id !== null) touched.add(id);
			await moveOne(nouns, move, releaseId);
		}
		for (const id of touched) await nouns.releases.settle(id);
	}

	/** A release whose tracks all go to one new name is renamed: its address stays. */
	async function renameWhole(nouns: Nouns, moves: readonly Move[]) {
		for (const [id, group] of Map.groupBy(moves, ({ track }) => track.releaseId)) {
			const to = group[0]?.place.release;
			if (id === null || !to) continue;
			const goTogether = group.every(
				({ place: { release } }) => release?.artistId === to.artistId && release.title === to.title
			);
			if (goTogether && group.length === (await nouns.releases.size(id))) {
				await nouns.releases.rename(id, to);
			}
		}
	}

	async function moveOne(
		nouns: Nouns,
		{ upload, track, place, saysCover }: Move,
		releaseId: string | null
	) {
		const said = await saidCover(nouns, upload);
		const visibility = visibilityOf(upload);
		await nouns.tracks.describe(track.id, {
			...place.described,
			artistId: place.artistId,
			releaseId,
			visibility,
			cover: said === undefined ? track.cover : releaseId === null ? said : null
		});
		await coverOnMove(nouns, { track, releaseId, said, saysCover });
		await announce(nouns, track, visibility);
	}

	/** A cover that is said now repaints the release; else a release keeps its own, or takes what its tracks bring. */
	async function coverOnMove(
		nouns: Nouns,
		move: {
			track: StoredTrack;
			releaseId: string | null;
			said: Cover | null | undefined;
			saysCover: boolean;
		}
	) {
		const { track, releaseId, said, saysCover } = move;
		if (releaseId === null) return;
		if (saysCover && said !== undefined) {
			await nouns.releases.setCover(releaseId, said);
			return;
		}
		if (said) await nouns.releases.setCoverIfNone(releaseId, said);
		const left = track.releaseId;
		if (said === null || left === null || left === releaseId) return;
		// The last one to leave a release takes its cover along.
		const cover = (await nouns.releases.size(left)) === 0 && (await nouns.releases.coverOf(left));
		if (cover) await nouns.releases.setCoverIfNone(releaseId, cover);
	}

	async function announce(nouns: Nouns, track: StoredTrack, visibility: StoredTrack['visibility']) {
		if (visibility !== 'public' || track.visibility === 'public') return;
		await live.say(null, { type: 'track_ready', trackId: track.id }, nouns);
	}

	return {
		/** A track of what was found, as tags and person describe it; in the transaction that ends its upload. */
		add,

		/** @throws Problem not_found unless all are this person's, and then nothing is written; forbidden for listeners */
		describe,

		/** The same in a transaction of its own. */
		describeAll: (person: Person, { uploads }: DescribeUploads): Promise<void> =>
			catalogue.transaction((nouns) => describe(nouns, person, uploads)),

		/** Tracks that are here show or hide at once, the others when they are ready. @throws as `describe` */
		publish: (person: Person, { ids, publish }: PublishUploads): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const uploads = new Map<string, StoredUpload>();
				for (const upload of await own(nouns, person, ids)) {
					await nouns.uploads.publish(upload.id, publish);
					uploads.set(upload.id, { ...upload, publish });
				}
				for (const track of await nouns.tracks.ofUploads(ids)) {
					const upload = uploads.get(track.uploadId);
					if (!upload) continue;
					const visibility = visibilityOf(upload);
					await nouns.tracks.show(track.id, visibility);
					await announce(nouns, track, visibility);
				}
			})
	};
}
