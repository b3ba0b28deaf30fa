import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { Description, DescribeUploads, PublishUploads } from '#contracts/upload';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { KeptCover } from '../catalogue/kept-cover.ts';
import type { DescribedTrack, NewTrack, StoredTrack } from '../catalogue/uploaded-tracks.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Live } from '../live/live.ts';
import type { Metadata } from '../metadata.ts';
import {
	coverWithMoved,
	coverWithNew,
	placePicture,
	saidCover,
	trackCover,
	type SaidCover
} from './artwork.ts';
import { cleaned, described, visibilityOf } from './description.ts';
import { createHomes, type Home, type Mover } from './homes.ts';

/** What ingest found in a file. `cover` is the embedded one. */
export type FoundMusic = Pick<NewTrack, 'durationMs' | 'original' | 'stream' | 'musicbrainz'> & {
	tags: Metadata;
	cover: KeptCover | null;
};

/** What a description makes of a track. */
interface Place {
	/** What its row says. */
	columns: Omit<DescribedTrack, 'visibility' | 'cover'>;
	home: Home;
}

/** A track that is described anew. */
interface Move {
	upload: StoredUpload;
	track: StoredTrack;
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
	const homes = createHomes({ now, nameOf });

	/** @throws Problem not_found unless all are there and this person's */
	async function own(nouns: Nouns, person: Person, ids: readonly string[]) {
		if (person.role === 'listener') throw new Problem('forbidden');
		const wanted = new Set(ids);
		const uploads = await nouns.uploads.ownedAmong(person.id, [...wanted]);
		if (uploads.length < wanted.size) throw new Problem('not_found');
		return uploads;
	}

	/**
	 * Uploads whose track has a better original by now, with the upload that brought that one: what is said of the
	 * older file is meant for the track it became part of.
	 */
	async function heirsOf(nouns: Nouns, person: Person, uploads: readonly StoredUpload[]) {
		const made = uploads.flatMap(({ state, trackId }) =>
			state === 'ready' && trackId ? trackId : []
		);
		const behind = await nouns.uploadedTracks.uploadsBehind(made);
		const heirs = new Map<string, string>();
		for (const { id, trackId } of uploads) {
			const heir = trackId === null ? undefined : behind.get(trackId);
			if (heir !== undefined && heir !== id) heirs.set(id, heir);
		}
		const known = await nouns.uploads.ownedAmong(person.id, [...new Set(heirs.values())]);
		return { heirs, uploads: known };
	}

	async function nameOf(nouns: Nouns, personId: string): Promise<string> {
		return (await nouns.people.byId(personId))?.name ?? 'Unknown artist';
	}

	async function placeOf(nouns: Nouns, upload: StoredUpload): Promise<Place> {
		const { personId: ownerId } = upload;
		const personName = await nameOf(nouns, ownerId);
		const { artist, belonging, ...said } = described(upload, personName);
		const idOf = async (name: string) => (await nouns.artists.findOrAdd(name, now())).id;
		const columns = {
			...said,
			artistId: await idOf(artist),
			gathering: null,
			leadId: null
		};
		switch (belonging.kind) {
			case 'alone':
				return { columns, home: { kind: 'alone' } };
			case 'release': {
				const artistId = await idOf(belonging.artist ?? personName);
				const name = { ownerId, artistId, title: belonging.album };
				return { columns, home: { kind: 'release', name } };
			}
			case 'gathering': {
				const gathering = { ownerId, key: belonging.key };
				const leadId = belonging.lead === null ? null : await idOf(belonging.lead);
				return {
					columns: { ...columns, gathering, leadId },
					home: { kind: 'gathering', gathering, title: belonging.album }
				};
			}
		}
	}

	/** Those that somebody said; who says nothing of them leaves them as they are. */
	async function keepChapters(nouns: Nouns, trackId: string, { description }: StoredUpload) {
		const chapters = description?.chapters;
		if (chapters !== undefined) await nouns.chapters.set(trackId, chapters ?? []);
	}

	async function add(nouns: Nouns, uploadId: string, music: FoundMusic) {
		const { tags, cover: embedded, ...file } = music;
		await nouns.uploads.keepTags(uploadId, tags);
		// Read here and not before: what was said while the file was being prepared counts.
		const upload = await nouns.uploads.byId(uploadId);
		if (!upload) throw new Error(`upload ${uploadId} is gone`);
		const { columns, home } = await placeOf(nouns, upload);
		const said = await saidCover(nouns, upload);
		const isAlone = home.kind === 'alone';
		const track = await nouns.uploadedTracks.addOnce({
			...file,
			...columns,
			visibility: visibilityOf(upload),
			cover: await trackCover(nouns, upload, { said, has: embedded, isAlone }),
			ownerId: upload.personId,
			uploadId,
			now: now()
		});
		await keepChapters(nouns, track.id, upload);
		const from = { releaseId: null, gathering: null };
		const mover = { trackId: track.id, from, to: home, takesCover: said !== null };
		await homes.move(nouns, [mover], async (_, releaseId) => {
			if (releaseId !== null) await coverWithNew(nouns, releaseId, { upload, said, embedded });
		});
		return { id: track.id, isPublic: visibilityOf(upload) === 'public' };
	}

	/** What is said goes over what was said before; of two about one upload the later counts. */
	async function describe(
		nouns: Nouns,
		person: Person,
		asked: readonly { id: string; description: Description }[]
	): Promise<void> {
		const named = await own(
			nouns,
			person,
			asked.map(({ id }) => id)
		);
		const later = await heirsOf(nouns, person, named);
		const said = asked.flatMap(({ id, description }) => {
			const heir = later.heirs.get(id);
			return heir === undefined
				? { id, description }
				: [
						{ id, description },
						{ id: heir, description }
					];
		});
		const ids = said.map(({ id }) => id);
		const uploads = new Map([...later.uploads, ...named].map((upload) => [upload.id, upload]));
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
		for (const track of await nouns.uploadedTracks.ofUploads(ids)) {
			const upload = uploads.get(track.uploadId);
			if (upload) moves.push({ upload, track, saysCover: withCover.has(upload.id) });
		}
		await moveAll(nouns, moves);
	}

	async function moveAll(nouns: Nouns, moves: readonly Move[]) {
		const movers = new Map<Mover, Move & { said: SaidCover }>();
		for (const move of moves) {
			const said = await saidCover(nouns, move.upload);
			const home = await describeOne(nouns, move, said);
			const { id: trackId, releaseId, gathering } = move.track;
			const from = { releaseId, gathering };
			movers.set({ trackId, from, to: home, takesCover: said !== null }, { ...move, said });
		}
		await homes.move(nouns, [...movers.keys()], async (mover, releaseId) => {
			const move = movers.get(mover);
			if (!move || releaseId === null) return;
			await coverWithMoved(nouns, releaseId, { said: move.said, isSaidNow: move.saysCover });
		});
	}

	async function describeOne(
		nouns: Nouns,
		{ upload, track }: Move,
		said: SaidCover
	): Promise<Home> {
		const { columns, home } = await placeOf(nouns, upload);
		const visibility = visibilityOf(upload);
		const isAlone = home.kind === 'alone';
		await nouns.uploadedTracks.describe(track.id, {
			...columns,
			visibility,
			cover: await trackCover(nouns, upload, { said, has: track.cover, isAlone })
		});
		await keepChapters(nouns, track.id, upload);
		await announce(nouns, track, visibility);
		return home;
	}

	/** Everybody sees it from now on, or nobody else does any more: they knew it until now. */
	async function announce(nouns: Nouns, track: StoredTrack, visibility: StoredTrack['visibility']) {
		const isPublic = visibility === 'public';
		if (isPublic === (track.visibility === 'public') || !track.isShown) return;
		const { id: trackId } = track;
		await live.say(
			null,
			isPublic ? { type: 'track_ready', trackId } : { type: 'tracks_gone', trackIds: [trackId] },
			nouns
		);
	}

	/** @returns whether everybody sees it */
	async function redescribe(nouns: Nouns, uploadId: string, embedded: KeptCover | null) {
		const upload = await nouns.uploads.byId(uploadId);
		const [track] = await nouns.uploadedTracks.ofUploads([uploadId]);
		if (!upload || !track) throw new Error(`upload ${uploadId} has no track`);
		const cover = track.cover ?? embedded;
		await moveAll(nouns, [{ upload, track: { ...track, cover }, saysCover: false }]);
		return visibilityOf(upload) === 'public';
	}

	return {
		/** The track of an upload by what its tags and its person say now, with a cover if it had none. */
		redescribe,

		/** A track of what was found, as tags and person describe it; in the transaction that ends its upload. */
		add,

		/** In the transaction that ends its upload. */
		placePicture,

		/** @throws Problem not_found unless all are this person's, and then nothing is written; forbidden for listeners */
		describe,

		/** The same in a transaction of its own. */
		describeAll: (person: Person, { uploads }: DescribeUploads): Promise<void> =>
			catalogue.transaction((nouns) => describe(nouns, person, uploads)),

		/** Tracks that are here show or hide at once, the others when they are ready. @throws as `describe` */
		publish: (person: Person, { ids, publish }: PublishUploads): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				const uploads = new Map<string, StoredUpload>();
				const named = await own(nouns, person, ids);
				const later = await heirsOf(nouns, person, named);
				for (const upload of [...named, ...later.uploads]) {
					await nouns.uploads.publish(upload.id, publish);
					uploads.set(upload.id, { ...upload, publish });
				}
				for (const track of await nouns.uploadedTracks.ofUploads([...uploads.keys()])) {
					const upload = uploads.get(track.uploadId);
					if (!upload) continue;
					const visibility = visibilityOf(upload);
					await nouns.uploadedTracks.show(track.id, visibility);
					await announce(nouns, track, visibility);
				}
			})
	};
}
