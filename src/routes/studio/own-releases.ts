import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';

/** What an artist sees of a release of theirs; tracks that stand alone are one too. */
export interface OwnRelease {
	/** Null for tracks that stand alone. */
	id: string | null;
	/** Address of the release, or '' for tracks that stand alone. */
	slug: string;
	title: string;
	/** Whose release it is; null for tracks that stand alone. */
	artist: string | null;
	coverUrl?: string | undefined;
	coverColor?: string | undefined;
	/** By disc and number. */
	tracks: readonly Track[];
	/** Those of them that nobody else sees. */
	drafts: number;
}

/** Newest first. A release with a draft stands among the drafts as a whole; of tracks that stand alone each by itself. */
export function ownReleases(
	tracks: readonly Track[],
	releases: readonly Release[]
): { drafts: OwnRelease[]; published: OwnRelease[] } {
	const bySlug = new Map(releases.map((release) => [release.slug, release]));
	const groups = new Map<string, Track[]>();
	for (const track of tracks) {
		const key = track.releaseSlug ?? `/${track.visibility}`;
		const group = groups.get(key);
		if (group) group.push(track);
		else groups.set(key, [track]);
	}
	const all = Array.from(groups.values(), (group) => ownRelease(group, bySlug));
	return {
		drafts: all.filter(({ drafts }) => drafts > 0),
		published: all.filter(({ drafts }) => drafts === 0)
	};
}

function ownRelease(tracks: Track[], bySlug: ReadonlyMap<string, Release>): OwnRelease {
	const [first] = tracks;
	const slug = first?.releaseSlug ?? '';
	const release = bySlug.get(slug);
	const cover = release?.coverUrl ? release : tracks.find(({ coverUrl }) => coverUrl);
	return {
		id: release?.id ?? null,
		slug,
		title: first?.release ?? (tracks.length === 1 ? 'Single track' : 'Single tracks'),
		artist: slug === '' ? null : (release?.artist ?? first?.artist ?? null),
		coverUrl: slug === '' ? undefined : cover?.coverUrl,
		coverColor: slug === '' ? undefined : cover?.coverColor,
		tracks: slug === '' ? tracks : tracks.toSorted(byPlace),
		drafts: tracks.filter(({ visibility }) => visibility === 'draft').length
	};
}

function byPlace(a: Track, b: Track): number {
	const disc = (a.discNumber ?? 1) - (b.discNumber ?? 1);
	return disc || (a.trackNumber ?? Infinity) - (b.trackNumber ?? Infinity) || 0;
}
