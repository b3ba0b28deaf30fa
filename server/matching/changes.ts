import type { MatchChange, MatchField } from '#contracts/match';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import type { Description } from '#contracts/upload';
import { nameKey } from '../folding.ts';

/** What was found of a release, as it is kept. */
export interface FoundRelease {
	/** Its id at MusicBrainz. */
	id: string;
	title: string;
	artist: string;
	date: string | null;
	discs: number;
	trackCount: number;
	score: number;
	/** By the ids of the tracks here. */
	tracks: Record<string, { title: string; artist: string; disc: number; number: number }>;
}

interface Suggested {
	release: Release;
	tracks: readonly Track[];
	found: FoundRelease;
	/** Where the suggested cover is, and its hash; null without one. */
	cover: { hash: string; url: string } | null;
}

type Write = MatchChange & { description: Description };

/** What of a suggestion would be another than now, with what writing it says. */
export function changesOf({ release, tracks, found, cover }: Suggested): Write[] {
	const changes: Write[] = [];
	const add = (
		field: MatchField,
		before: string | number | null,
		after: string | number | null,
		trackId?: string
	) => {
		if (after === null || after === '' || before === after) return;
		changes.push({
			...{ key: trackId === undefined ? field : `${field}:${trackId}`, field },
			...(trackId !== undefined && { trackId }),
			...{ before: before === null ? null : String(before), after: String(after) },
			description: { [field]: after }
		});
	};
	if (cover && cover.url !== release.coverUrl) {
		changes.push({
			...{ key: 'cover', field: 'cover', before: release.coverUrl ?? null, after: cover.url },
			description: { cover: cover.hash }
		});
	}
	add('album', release.title, found.title);
	// How an artist is spelt is said once, for all their music.
	const addArtist = (field: MatchField, before: string, after: string, trackId?: string) => {
		if (nameKey(before) !== nameKey(after)) add(field, before, after, trackId);
	};
	addArtist('albumArtist', release.artist, found.artist);
	add('date', release.date, found.date);
	for (const track of tracks) {
		const known = found.tracks[track.id];
		if (!known) continue;
		add('title', track.title, known.title, track.id);
		addArtist('artist', track.artist, known.artist, track.id);
		// A release with one disc has no need of a number for it.
		if (found.discs > 1) add('discNumber', track.discNumber, known.disc, track.id);
		add('trackNumber', track.trackNumber, known.number, track.id);
	}
	return changes;
}

/**
 * What to say of which track, for the changes that were chosen.
 * @returns by the ids of tracks; a key that is not among the changes says nothing
 */
export function descriptionsOf(
	changes: readonly Write[],
	keys: readonly string[],
	{ release, tracks }: Pick<Suggested, 'release' | 'tracks'>
): Map<string, Description> {
	const wanted = new Set(keys);
	const chosen = changes.filter(({ key }) => wanted.has(key));
	const ofAll: Description = {};
	// A track with another artist would leave for a release of that artist.
	if (chosen.some(({ field }) => field === 'artist')) ofAll.albumArtist = release.artist;
	for (const { trackId, description } of chosen) {
		if (trackId === undefined) Object.assign(ofAll, description);
	}
	const said = new Map<string, Description>();
	for (const { id } of tracks) {
		const own = chosen.filter(({ trackId }) => trackId === id);
		const description = Object.assign({}, ofAll, ...own.map((change) => change.description));
		if (Object.keys(description).length > 0) said.set(id, description);
	}
	return said;
}
