import type { Person } from '#contracts/account';
import { BIN_DAYS, type BinPage, type Deleted, type DeleteMusic } from '#contracts/bin';
import { Problem } from '#contracts/problem';
import { byAudience } from '../audiences.ts';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { Moved } from '../catalogue/bin.ts';
import type { Live } from '../live/live.ts';

const KEPT_MS = BIN_DAYS * 24 * 60 * 60 * 1000;
const PAGE = 50;
/** Erased in one transaction: nobody waits for more. */
const ERASED_AT_ONCE = 100;
const ENTRIES_AT_ONCE = 100;

interface BinOptions {
	catalogue: Catalogue;
	live: Pick<Live, 'say'>;
	/** There are bytes that may go. */
	onloose: () => void;
	now?: () => number;
}

export type Bin = ReturnType<typeof createBin>;

/**
 * Deleting is a move into the bin: gone for everybody at once, and back as it was, with its address, its plays and what
 * was said of it, until it is erased after 30 days or by hand.
 */
export function createBin({ catalogue, live, onloose, now = Date.now }: BinOptions) {
	const mayHave = (person: Person, ownerId: string) =>
		person.role === 'owner' || person.id === ownerId;

	async function say(
		nouns: Nouns,
		type: 'tracks_gone' | 'tracks_back',
		tracks: readonly Moved[],
		byUpload = false
	) {
		for (const { personId, trackIds } of byAudience(tracks)) {
			await live.say(personId, { type, trackIds }, nouns);
		}
		const [first] = tracks;
		if (!byUpload || !first) return;
		const trackIds = tracks.map(({ id }) => id);
		await live.say(first.ownerId, { type: 'tracks_back', trackIds, byUpload }, nouns);
	}

	/** @throws Problem not_found unless it is there and theirs */
	async function own(nouns: Nouns, person: Person, entryId: string) {
		const ownerId = await nouns.bin.ownerOf(entryId);
		if (ownerId === null || !mayHave(person, ownerId)) throw new Problem('not_found');
	}

	/** Some at a time: between two parts others are served, and may put the rest back. */
	async function erase(entryId: string) {
		for (;;) {
			const erased = await catalogue.transaction(async (nouns) => {
				const ids = await nouns.bin.tracksIn(entryId, ERASED_AT_ONCE);
				if (ids.length === 0) await nouns.bin.removeEntry(entryId);
				else await eraseTracks(nouns, ids);
				return ids.length;
			});
			if (erased === 0) break;
		}
		onloose();
	}

	async function eraseTracks(nouns: Nouns, ids: readonly string[]) {
		await nouns.uploads.forgetTracks(ids, now());
		for (const releaseId of await nouns.looseFiles.eraseTracks(ids)) {
			const cover = await nouns.uploadedReleases.coverOf(releaseId);
			if (cover) await nouns.looseFiles.add([{ kind: 'cover', hash: cover.hash }]);
			await nouns.uploadedReleases.settle(releaseId);
		}
	}

	async function eraseAll(which: { ownerId: string } | { before: number }): Promise<void> {
		for (;;) {
			const ids = await catalogue.bin.entries(which, ENTRIES_AT_ONCE);
			for (const id of ids) await erase(id);
			if (ids.length < ENTRIES_AT_ONCE) return;
		}
	}

	return {
		/** @throws Problem not_found unless all of it is there and this person's, or the person is the portal's owner */
		put: (person: Person, which: DeleteMusic): Promise<Deleted> =>
			catalogue.transaction(async (nouns) => {
				const ids = 'tracks' in which ? which.tracks : null;
				const entry =
					'tracks' in which
						? await nouns.bin.deletableTracks(which.tracks)
						: await nouns.bin.deletableRelease(which.release);
				if (!entry || !mayHave(person, entry.ownerId)) throw new Problem('not_found');
				const { id, tracks } = await nouns.bin.put(entry, ids, now());
				if (tracks.length === 0) throw new Problem('not_found');
				await say(nouns, 'tracks_gone', tracks);
				return { id, tracks: tracks.length };
			}),

		/** @throws Problem not_found @returns how many tracks came back */
		restore: (person: Person, entryId: string): Promise<number> =>
			catalogue.transaction(async (nouns) => {
				await own(nouns, person, entryId);
				const tracks = await nouns.bin.restore(entryId);
				await say(nouns, 'tracks_back', tracks);
				return tracks.length;
			}),

		/** The same file came again: whoever sends it wants it here. Tracks that are not in the bin stay as they are. */
		bringBack: async (trackId: string): Promise<void> => {
			await catalogue.transaction(async (nouns) => {
				const tracks = await nouns.bin.restoreTracks([trackId]);
				await say(nouns, 'tracks_back', tracks, true);
			});
		},

		/** For good. @throws Problem not_found */
		async erase(person: Person, entryId: string): Promise<void> {
			await own(catalogue, person, entryId);
			await erase(entryId);
		},

		/** All that is in this person's bin, for good. */
		empty: (person: Person): Promise<void> => eraseAll({ ownerId: person.id }),

		page: (person: Person, cursor: string | null): Promise<BinPage> =>
			catalogue.bin.page(person.id, { cursor, limit: PAGE, now: now() }),

		/** Erases what has lain there long enough. */
		sweep: (): Promise<void> => eraseAll({ before: now() - KEPT_MS })
	};
}
