import { VARIOUS_ARTISTS } from '#contracts/compilation';
import type { Nouns } from '../catalogue/catalogue.ts';
import { nameKey } from '../folding.ts';
import type { Gathering } from '../catalogue/gatherings.ts';
import type { ReleaseName } from '../catalogue/uploaded-releases.ts';

/** Where a track belongs. A gathering is on one release, whose artist depends on all of its tracks. */
export type Home =
	| { kind: 'alone' }
	| { kind: 'release'; name: ReleaseName }
	| { kind: 'gathering'; gathering: Gathering; title: string };

/** A track that is described; its row says so already, but for its release. */
export interface Mover {
	trackId: string;
	/** Where it was; null for what is new, stands alone or was not gathered. */
	from: { releaseId: string | null; gathering: Gathering | null };
	to: Home;
	/** False for one that shall have no cover. */
	takesCover: boolean;
}

/** Tracks that go from one release to another, or stay where they are. */
interface Trip {
	from: string | null;
	to: ReleaseName | null;
	tracks: number;
	/** One track, or all of a gathering. */
	who: string | Gathering;
}

export interface HomesOptions {
	now: () => number;
	/** Whose music it is when nobody names an artist. */
	nameOf: (nouns: Nouns, personId: string) => Promise<string>;
}

/**
 * Brings tracks to their releases, and with them those whose release is another because of them: what comes out
 * depends on which tracks there are, not on the order in which they came.
 */
export function createHomes({ now, nameOf }: HomesOptions) {
	/** @param onhome is told the release of each mover before what it left is cleared away */
	async function move(
		nouns: Nouns,
		movers: readonly Mover[],
		onhome: (mover: Mover, releaseId: string | null) => Promise<void>
	): Promise<void> {
		const trips = [...directTrips(movers), ...(await gatheredTrips(nouns, movers))];
		await renameAll(nouns, trips, movers);
		const homes = new Map<string, string | null>();
		const left = new Map<string, string>();
		const touched = new Set<string>();
		for (const { from, to, who } of trips) {
			const releaseId = to && (await nouns.uploadedReleases.findOrAdd(to, now())).id;
			if (typeof who === 'string') await nouns.uploadedTracks.moveTo(who, releaseId);
			else await nouns.gatherings.move(who, releaseId);
			homes.set(nameOfWho(who), releaseId);
			for (const id of [from, releaseId]) if (id !== null) touched.add(id);
			if (from !== null && releaseId !== null && from !== releaseId) left.set(from, releaseId);
		}
		for (const mover of movers) {
			const who = whoOf(mover.trackId, mover.to);
			await onhome(mover, homes.get(nameOfWho(who)) ?? null);
		}
		for (const [from, to] of left) await takeCoverAlong(nouns, { from, to, movers });
		for (const id of touched) await nouns.uploadedReleases.settle(id, left.get(id));
	}

	function directTrips(movers: readonly Mover[]): Trip[] {
		return movers.flatMap(({ trackId, from, to }) =>
			to.kind === 'gathering'
				? []
				: [{ from: from.releaseId, to: nameIn(to), tracks: 1, who: trackId }]
		);
	}

	/** All tracks of the gatherings that somebody came to or left. */
	async function gatheredTrips(nouns: Nouns, movers: readonly Mover[]): Promise<Trip[]> {
		const gatherings = new Map<string, { gathering: Gathering; title: string | null }>();
		for (const { from, to } of movers) {
			if (to.kind === 'gathering') gatherings.set(nameOfWho(to.gathering), to);
			if (!from.gathering || gatherings.has(nameOfWho(from.gathering))) continue;
			gatherings.set(nameOfWho(from.gathering), { gathering: from.gathering, title: null });
		}
		const trips: Trip[] = [];
		for (const { gathering, title: said } of gatherings.values()) {
			const rows = await nouns.gatherings.placesOf(gathering);
			const title = said ?? (await titleOf(nouns, rows[0]?.releaseId ?? null));
			if (title === null) continue; // the last one left
			const artistId = await artistOf(nouns, gathering, rows);
			const to = { ownerId: gathering.ownerId, artistId, title };
			for (const { releaseId, tracks } of rows) {
				trips.push({ from: releaseId, to, tracks, who: gathering });
			}
		}
		return trips;
	}

	async function titleOf(nouns: Nouns, releaseId: string | null): Promise<string | null> {
		return releaseId === null
			? null
			: ((await nouns.uploadedReleases.nameOf(releaseId))?.title ?? null);
	}

	/** The one who leads on all of its tracks; those of which it is not known do not count. */
	async function artistOf(
		nouns: Nouns,
		{ ownerId }: Gathering,
		rows: readonly { leadId: string | null }[]
	): Promise<string> {
		const leads = new Set(rows.flatMap(({ leadId }) => leadId ?? []));
		const [only] = leads;
		if (only !== undefined && leads.size === 1) return only;
		const name = leads.size === 0 ? await nameOf(nouns, ownerId) : VARIOUS_ARTISTS;
		return (await nouns.artists.findOrAdd(name, now())).id;
	}

	/** Of two releases that become one, the one keeps its address of which more is there without being moved. */
	async function renameAll(nouns: Nouns, trips: readonly Trip[], movers: readonly Mover[]) {
		const releases = Array.from(
			Map.groupBy(trips, ({ from }) => from),
			([id, leaving]) => {
				const moved = movers.filter(({ from }) => from.releaseId === id);
				const tracks = leaving.reduce((sum, trip) => sum + trip.tracks, 0);
				return { id, leaving, moved, tracks };
			}
		);
		const rest = ({ tracks, moved }: (typeof releases)[number]) => tracks - moved.length;
		releases.sort((a, b) => rest(b) - rest(a) || b.tracks - a.tracks);
		for (const { id, ...release } of releases) {
			if (id !== null) await renameWhole(nouns, id, release);
		}
	}

	/**
	 * A release that all tracks leave goes on under the name that most of them go to, so that its address stays; unless
	 * some go to the name it has.
	 */
	async function renameWhole(
		nouns: Nouns,
		id: string,
		{ leaving, moved, tracks }: { leaving: Trip[]; moved: Mover[]; tracks: number }
	) {
		const is = await nouns.uploadedReleases.nameOf(id);
		const ways = waysOf(leaving);
		const way = (is && ways.find(({ to }) => isSameName(to, is))) ?? ways[0];
		if (!is || !way) return;
		const saying = moved.filter(({ trackId, to }) => way.who.has(nameOfWho(whoOf(trackId, to))));
		// One track does not spell the title anew for the others.
		const keepsTitle = saying.length < way.tracks && nameKey(is.title) === nameKey(way.to.title);
		const name = keepsTitle ? { ...way.to, title: is.title } : way.to;
		if (name.artistId === is.artistId && name.title === is.title) return;
		if (tracks === (await nouns.uploadedReleases.size(id)))
			await nouns.uploadedReleases.rename(id, name);
	}

	/** The last one to leave a release takes its cover along. */
	async function takeCoverAlong(
		nouns: Nouns,
		{ from, to, movers }: { from: string; to: string; movers: readonly Mover[] }
	) {
		const leaving = movers.filter((mover) => mover.from.releaseId === from);
		if (leaving.length > 0 && leaving.every(({ takesCover }) => !takesCover)) return;
		const cover =
			(await nouns.uploadedReleases.size(from)) === 0 &&
			(await nouns.uploadedReleases.coverOf(from));
		if (cover) await nouns.uploadedReleases.setCoverIfNone(to, cover);
	}

	return { move };
}

const nameIn = (home: Exclude<Home, { kind: 'gathering' }>): ReleaseName | null =>
	home.kind === 'release' ? home.name : null;

const nameOfWho = (who: string | Gathering): string =>
	typeof who === 'string' ? who : `${who.ownerId}\n${who.key}`;

const whoOf = (trackId: string, home: Home): string | Gathering =>
	home.kind === 'gathering' ? home.gathering : trackId;

function isSameName(a: ReleaseName, b: ReleaseName): boolean {
	return a.artistId === b.artistId && nameKey(a.title) === nameKey(b.title);
}

/** Where the tracks of a release go, by name, most of them first. */
function waysOf(leaving: readonly Trip[]) {
	const ways = new Map<string, { to: ReleaseName; tracks: number; who: Set<string> }>();
	for (const { to, tracks, who } of leaving) {
		if (!to) continue;
		const key = `${to.artistId}\n${nameKey(to.title)}`;
		const way = ways.get(key) ?? { to, tracks: 0, who: new Set() };
		way.tracks += tracks;
		way.who.add(nameOfWho(who));
		ways.set(key, way);
	}
	return [...ways.values()].sort((a, b) => b.tracks - a.tracks);
}
