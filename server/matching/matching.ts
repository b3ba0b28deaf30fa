import type { Person } from '#contracts/account';
import type { Match, MatchFailure, MatchState } from '#contracts/match';
import { Problem } from '#contracts/problem';
import type { Track } from '#contracts/track';
import type { Description } from '#contracts/upload';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Http } from '../imports/http.ts';
import type { Outgoing } from '../imports/outgoing.ts';
import type { Covers } from '../intake/covers.ts';
import type { Drafts } from '../intake/drafts.ts';
import type { Live } from '../live/live.ts';
import type { Metadata } from '../metadata.ts';
import type { Log } from '../ops/log.ts';
import { changesOf, descriptionsOf, type FoundRelease } from './changes.ts';
import { lookUp } from './look-up.ts';
import type { MusicBrainz } from './musicbrainz.ts';

/** More than any album; and what one description of uploads may hold. */
const MAX_TRACKS = 200;
/** Of one person: at a few seconds each, a quarter of an hour. */
const MAX_LINE = 200;

interface MatchingOptions {
	catalogue: Catalogue;
	/** Whether the owner of the portal lets releases be looked up elsewhere. */
	isOn: boolean;
	musicbrainz: MusicBrainz;
	http: Pick<Http, 'client'>;
	drafts: Pick<Drafts, 'describe'>;
	/** What is said of an upload now, and what its tags say where nothing is. */
	laidOver: (upload: StoredUpload) => Metadata;
	/** Throws when it is no picture, or there is no room. */
	keepCover: Covers['keepFor'];
	coverUrl: (hash: string) => string;
	live: Pick<Live, 'say'>;
	log: Log;
	now?: () => number;
}

interface UnderWay {
	releaseId: string;
	abort: AbortController;
	waitingFor: string | null;
}

/**
 * Suggestions from MusicBrainz and the Cover Art Archive, for releases that somebody asked about, one at a time.
 * Nothing of a suggestion is written until the artist accepts it.
 */
export function createMatching(options: MatchingOptions) {
	const { catalogue, isOn, musicbrainz, http, drafts, live, log, now = Date.now } = options;
	let underWay: UnderWay | null = null;
	let working: Promise<void> | null = null;
	let isStirred = false;
	let isClosed = false;

	/** @throws Problem not_found unless the release is there, and this person's or theirs to look after */
	async function ownerOf(person: Person, releaseId: string): Promise<Person> {
		const ownerId = await catalogue.uploadedReleases.ownerOf(releaseId);
		const isTheirs = person.role === 'owner' || person.id === ownerId;
		const owner = ownerId !== null && isTheirs ? await catalogue.people.byId(ownerId) : null;
		if (!owner) throw new Problem('not_found');
		return owner;
	}

	async function read(nouns: Nouns, owner: Person, releaseId: string) {
		const release = (await nouns.releases.byIds([releaseId], owner)).get(releaseId);
		const stored = await nouns.suggestions.of(releaseId);
		if (!release || !stored) throw new Problem('not_found');
		const tracks = await nouns.tracks.byRelease(releaseId, owner, { limit: MAX_TRACKS });
		const found = stored.found as FoundRelease | null;
		const cover = stored.cover && {
			hash: stored.cover.hash,
			url: options.coverUrl(stored.cover.hash)
		};
		const changes = found ? changesOf({ release, tracks, found, cover }) : [];
		return { release, stored, tracks, found, changes };
	}

	/** Whoever asked, and whose music it is. */
	async function say(releaseId: string, people: readonly string[], state: MatchState) {
		for (const id of new Set(people)) {
			await live.say(id, { type: 'suggestion_changed', releaseId, state });
		}
	}

	async function coverFor(outgoing: Outgoing, id: string, owner: Person, signal: AbortSignal) {
		try {
			const picture = await musicbrainz.cover(outgoing, id, signal);
			return await options.keepCover(owner.id, picture);
		} catch (error) {
			if (signal.aborted) throw error;
			// The words are worth having without it.
			log.info('no cover for a suggestion', { code: codeIn(error) });
			return null;
		}
	}

	async function answer(releaseId: string, owner: Person, task: UnderWay) {
		const { signal } = task.abort;
		const release = (await catalogue.releases.byIds([releaseId], owner)).get(releaseId);
		if (!release) return { state: 'none' as const };
		const limit = MAX_TRACKS + 1;
		const tracks = await catalogue.tracks.byRelease(releaseId, owner, { limit });
		if (tracks.length > MAX_TRACKS)
			return { state: 'failed' as const, code: 'too_many_tracks' as const };
		const outgoing = http.client((words) => {
			task.waitingFor = words;
			if (words !== null)
				void say(releaseId, [owner.id], 'looking').catch((error: unknown) =>
					log.error('look-up not told', { error })
				);
		});
		const own = { title: release.title, artist: release.artist, tracks: tracks.map(toOwn) };
		const mbid = tracks.find(({ musicbrainz: ids }) => ids?.release)?.musicbrainz?.release;
		const best = await lookUp({ musicbrainz, outgoing, own, mbid, signal });
		if (!best) return { state: 'none' as const };
		const { found, hasCover } = best;
		const cover = hasCover ? await coverFor(outgoing, found.id, owner, signal) : null;
		return { state: 'found' as const, found, cover };
	}

	async function look({ releaseId, askedBy, askedAt }: Waiting): Promise<void> {
		const task: UnderWay = { releaseId, abort: new AbortController(), waitingFor: null };
		underWay = task;
		await catalogue.suggestions.begin(releaseId);
		const ownerId = await catalogue.uploadedReleases.ownerOf(releaseId);
		const owner = ownerId === null ? null : await catalogue.people.byId(ownerId);
		if (!owner) return catalogue.suggestions.remove(releaseId);
		const people = [askedBy, owner.id];
		await say(releaseId, people, 'looking');
		const outcome = await answer(releaseId, owner, task).catch((error: unknown) => {
			if (task.abort.signal.aborted) return null;
			const code = failureOf(error);
			if (code === 'unexpected') log.error('look-up failed', { error });
			return { state: 'failed' as const, code };
		});
		// What the end of the server cut off begins again at its next start.
		if (!outcome) return;
		if (await catalogue.suggestions.end(releaseId, askedAt, outcome))
			await say(releaseId, people, outcome.state);
	}

	async function work(): Promise<void> {
		do {
			isStirred = false;
			for (;;) {
				const next = isClosed ? null : await catalogue.suggestions.next();
				if (!next) break;
				await look(next).finally(() => (underWay = null));
			}
		} while (isStirred);
	}

	function stir(): void {
		isStirred = true;
		if (!isOn || isClosed) return;
		working ??= work()
			.catch((error: unknown) => log.error('look-ups stopped', { error }))
			.finally(() => (working = null));
	}

	return {
		isOn,

		/** @throws Problem not_offered when the portal does not do that; not_found; too_many_requests */
		async ask(person: Person, releaseId: string): Promise<void> {
			const owner = await ownerOf(person, releaseId);
			if (!isOn) throw new Problem('not_offered');
			const waiting = await catalogue.suggestions.inLineOf(person.id, MAX_LINE);
			if (waiting >= MAX_LINE) throw new Problem('too_many_requests');
			await catalogue.suggestions.ask(releaseId, person.id, now());
			await say(releaseId, [person.id, owner.id], 'waiting');
			stir();
		},

		/** What is known by now, beside what is said here now. @throws Problem not_found when nobody asked */
		async read(person: Person, releaseId: string): Promise<Match> {
			const owner = await ownerOf(person, releaseId);
			const { stored, tracks, found, changes } = await read(catalogue, owner, releaseId);
			const task = underWay?.releaseId === releaseId ? underWay : null;
			return {
				...{ releaseId, state: stored.state, code: stored.code },
				waitingFor: waitingWords(stored.state, task),
				found: found && {
					...{ url: musicbrainz.pageOf(found.id), title: found.title, artist: found.artist },
					...{ date: found.date, trackCount: found.trackCount, score: found.score }
				},
				changes: changes.map(({ description: _, ...change }) => change),
				tracks: found
					? tracks.map(({ id, title }) => ({
							...{ trackId: id, name: title },
							isFound: Object.hasOwn(found.tracks, id)
						}))
					: []
			};
		},

		/**
		 * Writes what was chosen, as if its artist had said it: nobody else may.
		 * @returns what says of the same uploads what was said before
		 * @throws Problem not_found; forbidden; bad_request when nothing of it is suggested any more
		 */
		async accept(person: Person, releaseId: string, keys: readonly string[]) {
			const owner = await ownerOf(person, releaseId);
			if (owner.id !== person.id) throw new Problem('forbidden');
			return catalogue.transaction(async (nouns) => {
				const { release, tracks, changes } = await read(nouns, owner, releaseId);
				const said = descriptionsOf(changes, keys, { release, tracks });
				if (said.size === 0) throw new Problem('bad_request');
				const uploads = tracks.flatMap(({ id, uploadId }) => {
					const description = said.get(id);
					return description && uploadId !== undefined ? { id: uploadId, description } : [];
				});
				const ids = uploads.map(({ id }) => id);
				const known = await nouns.uploads.ownedAmong(person.id, ids);
				const cover = await nouns.uploadedReleases.coverOf(releaseId);
				// Nobody shows it afterwards: it may be said again because it was theirs.
				if (cover) await nouns.covers.addOnce(person.id, cover, now());
				const before = new Map<string, Description>();
				for (const upload of known) {
					before.set(upload.id, { ...options.laidOver(upload), cover: cover?.hash ?? null });
				}
				await drafts.describe(nouns, person, uploads);
				return uploads.map(({ id, description }) => ({
					id,
					description: sameFields(description, before.get(id) ?? {})
				}));
			});
		},

		/** Forgets the suggestion; what is looked up just now is not looked up further. @throws Problem not_found */
		async refuse(person: Person, releaseId: string): Promise<void> {
			await ownerOf(person, releaseId);
			if (!(await catalogue.suggestions.of(releaseId))) throw new Problem('not_found');
			await catalogue.suggestions.remove(releaseId);
			if (underWay?.releaseId === releaseId) underWay.abort.abort();
		},

		/** Goes on with whoever waits. */
		stir,

		async close(): Promise<void> {
			isClosed = true;
			underWay?.abort.abort();
			await working;
		}
	};
}

type Waiting = NonNullable<Awaited<ReturnType<Catalogue['suggestions']['next']>>>;

const toOwn = (track: Track) => ({
	...{ id: track.id, title: track.title, artist: track.artist },
	...{ disc: track.discNumber, number: track.trackNumber },
	durationMs: track.durationSeconds * 1000
});

/** The fields that `description` has, as they were. */
function sameFields(description: Description, before: Description): Description {
	return Object.fromEntries(
		Object.keys(description).map((field) => [field, before[field as keyof Description] ?? null])
	);
}

function waitingWords(state: MatchState, task: UnderWay | null): string | null {
	if (state === 'waiting') return 'Other releases are looked up first.';
	if (state !== 'looking') return null;
	return task?.waitingFor ?? 'MusicBrainz is asked.';
}

const codeIn = (error: unknown) =>
	error instanceof Error && 'code' in error ? String(error.code) : null;

function failureOf(error: unknown): MatchFailure {
	switch (codeIn(error)) {
		case 'unreachable':
		case 'timeout':
			return 'unreachable';
		case 'rate_limited':
		case 'source_failed':
			return 'busy';
		case 'nonsense':
		case 'too_large':
		case 'not_there':
		case 'not_allowed':
		case 'wrong_credentials':
		case 'too_many_redirects':
			return 'nonsense';
		default:
			return 'unexpected';
	}
}
