import type { Kysely } from 'kysely';
import type { Person } from '#contracts/account';
import type { Continued, HistoryPage, PlaySource } from '#contracts/play';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import { cursorOf, placeOf } from './place.ts';
import { Releases } from './releases.ts';
import type { Database } from './schema.ts';
import { Tracks } from './tracks.ts';

/** So many plays of a person are remembered as theirs. */
const HISTORY = 1_000;
/** Among so many of the last plays, and so many releases, it is looked for what was not heard to its end. */
const RECENT = 60;
const RECENT_RELEASES = 12;
/** So many tracks beyond the next one go on with it. */
const AFTER = 50;

const DAY_MS = 24 * 60 * 60 * 1000;
/** After this time a play weighs half as much. */
const HALF_LIFE_MS = 7 * DAY_MS;
const WEIGHT_MS = HALF_LIFE_MS / Math.LN2;
/** 2020: heat stays a small number. */
const EPOCH_MS = Date.UTC(2020, 0, 1);

/**
 * Heat is the logarithm of all plays, each weighing the more the later it came: so it orders tracks by how much they
 * are played lately, at any later time, and nothing needs to be counted again as they cool.
 */
export function heatAfter(heat: number, at: number): number {
	const play = (at - EPOCH_MS) / WEIGHT_MS;
	if (heat === 0) return play;
	return Math.max(heat, play) + Math.log1p(Math.exp(-Math.abs(heat - play)));
}

export interface NewPlayRow {
	trackId: string;
	ownerId: string;
	releaseId: string | null;
	/** Null when it is nobody's history. */
	personId: string | null;
	listener: string;
	seconds: number;
	source: PlaySource;
	isCounted: boolean;
	now: number;
}

/** What was played, by whom as far as they want it known, and how often. */
export class Plays {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** In the caller's transaction: a play and the figures that it counts in belong together. */
	async add(play: NewPlayRow): Promise<void> {
		await this.#db
			.insertInto('play')
			.values({
				track_id: play.trackId,
				owner_id: play.ownerId,
				person_id: play.personId,
				listener: play.listener,
				seconds: play.seconds,
				source: play.source,
				is_counted: play.isCounted ? 1 : 0,
				at: play.now
			})
			.execute();
		if (play.personId !== null) await this.#forgetBeyond(play.personId, HISTORY);
		if (!play.isCounted) return;
		await this.#count('track', play.trackId, play.now);
		if (play.releaseId !== null) await this.#count('release', play.releaseId, play.now);
	}

	/** When this listener heard anything last, and this track. */
	async lastOf(
		listener: string,
		trackId: string
	): Promise<{ any: number | null; same: number | null }> {
		const last = this.#db
			.selectFrom('play')
			.select('at')
			.where('listener', '=', listener)
			.orderBy('id', 'desc')
			.limit(1);
		const any = await last.executeTakeFirst();
		const same = any && (await last.where('track_id', '=', trackId).executeTakeFirst());
		return { any: any?.at ?? null, same: same?.at ?? null };
	}

	/** What a track says to whoever counts its plays; null when there is none. */
	async subject(trackId: string): Promise<{
		ownerId: string;
		releaseId: string | null;
		durationSeconds: number;
		visibility: Track['visibility'];
	} | null> {
		const row = await this.#db
			.selectFrom('track')
			.select(['owner_id', 'release_id', 'duration_ms', 'visibility'])
			.where('id', '=', trackId)
			.executeTakeFirst();
		return row
			? {
					ownerId: row.owner_id,
					releaseId: row.release_id,
					durationSeconds: row.duration_ms / 1000,
					visibility: row.visibility
				}
			: null;
	}

	/** The salt of a day, which is `fresh` for the first who asks. */
	async salt(day: string, fresh: string): Promise<string> {
		await this.#db
			.insertInto('listener_salt')
			.values({ day, salt: fresh })
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		const { salt } = await this.#db
			.selectFrom('listener_salt')
			.select('salt')
			.where('day', '=', day)
			.executeTakeFirstOrThrow();
		return salt;
	}

	/** From here on nobody is found by the hashes of earlier days. */
	async forgetSalts(before: string): Promise<void> {
		await this.#db.deleteFrom('listener_salt').where('day', '<', before).execute();
	}

	/** A person's last plays, newest first; what they may no longer see is left out, so a page may be short. */
	async history(
		person: Person,
		{ limit, cursor }: { limit: number; cursor: string | null }
	): Promise<HistoryPage> {
		const after = placeOf(cursor);
		const rows = await this.#db
			.selectFrom('play')
			.select(['id', 'track_id', 'at'])
			.where('person_id', '=', person.id)
			.$if(after !== null, (query) => query.where('id', '<', after?.at ?? 0))
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		const tracks = await this.#tracksOf(shown, person);
		return {
			plays: shown.flatMap(({ id, track_id, at }) => {
				const track = tracks.get(track_id);
				return track ? [{ id, track, at: new Date(at).toISOString() }] : [];
			}),
			next: rows.length > limit && last ? cursorOf({ at: last.id, id: '0' }) : null
		};
	}

	/** The plays stay in the figures, as nobody's. */
	async clearHistory(personId: string): Promise<void> {
		await this.#forgetBeyond(personId, 0);
	}

	async keepsHistory(personId: string): Promise<boolean> {
		const row = await this.#db
			.selectFrom('person')
			.select('keeps_history')
			.where('id', '=', personId)
			.executeTakeFirst();
		return row?.keeps_history === 1;
	}

	async keepHistory(personId: string, keeps: boolean): Promise<void> {
		await this.#db
			.updateTable('person')
			.set({ keeps_history: keeps ? 1 : 0 })
			.where('id', '=', personId)
			.execute();
	}

	/** What everybody sees, by how much it is played lately. */
	async mostPlayed(limit: number): Promise<Track[]> {
		const rows = await this.#db
			.selectFrom('track')
			.select('id')
			.where('heat', '>', 0)
			.where('visibility', '=', 'public')
			.where('state', '=', 'ready')
			.orderBy('heat', 'desc')
			.limit(limit)
			.execute();
		const found = await new Tracks(this.#db).byIds(
			rows.map(({ id }) => id),
			null
		);
		return rows.flatMap(({ id }) => found.get(id) ?? []);
	}

	/** The same for releases. */
	async mostPlayedReleases(limit: number): Promise<Release[]> {
		const rows = await this.#db
			.selectFrom('release')
			.select('id')
			.where('heat', '>', 0)
			.where((where) =>
				where.exists(
					where
						.selectFrom('track')
						.select('track.id')
						.whereRef('track.release_id', '=', 'release.id')
						.where('track.visibility', '=', 'public')
						.where('track.state', '=', 'ready')
				)
			)
			.orderBy('heat', 'desc')
			.limit(limit)
			.execute();
		return new Releases(this.#db).inOrder(
			rows.map(({ id }) => id),
			null
		);
	}

	/** Releases whose last track this person has not come to, heard last first, from those they heard lately. */
	async continueOf(person: Person, limit = 6): Promise<Continued[]> {
		const heard = await this.#db
			.selectFrom('play')
			.select('track_id')
			.where('person_id', '=', person.id)
			.orderBy('id', 'desc')
			.limit(RECENT)
			.execute();
		const tracks = await this.#tracksOf(heard, person);
		const lastOf = new Map<string, Track>();
		for (const { track_id } of heard) {
			const track = tracks.get(track_id);
			if (track?.releaseSlug && !lastOf.has(track.releaseSlug)) {
				lastOf.set(track.releaseSlug, track);
			}
		}
		const begun: Continued[] = [];
		for (const [slug, last] of [...lastOf].slice(0, RECENT_RELEASES)) {
			if (begun.length === limit) break;
			const release = await new Releases(this.#db).bySlug(slug, person);
			if (!release) continue;
			const { tracks: all, ...rest } = release;
			const at = all.findIndex(({ id }) => id === last.id) + 1;
			const [next, ...after] = all.slice(at, at + 1 + AFTER);
			if (!next?.streamUrl) continue;
			begun.push({ release: rest, next, place: at + 1, afterIds: after.map(({ id }) => id) });
		}
		return begun;
	}

	async #tracksOf(rows: readonly { track_id: string }[], viewer: Person) {
		return new Tracks(this.#db).byIds([...new Set(rows.map(({ track_id }) => track_id))], viewer);
	}

	/** All but the last so many are nobody's from now on. */
	async #forgetBeyond(personId: string, kept: number): Promise<void> {
		await this.#db
			.updateTable('play')
			.set({ person_id: null })
			.where('person_id', '=', personId)
			.where('id', '<=', (from) =>
				from
					.selectFrom('play')
					.select('id')
					.where('person_id', '=', personId)
					.orderBy('id', 'desc')
					.limit(1)
					.offset(kept)
			)
			.execute();
	}

	async #count(table: 'track' | 'release', id: string, now: number): Promise<void> {
		const row = await this.#db
			.selectFrom(table)
			.select('heat')
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) return;
		await this.#db
			.updateTable(table)
			.set(({ eb }) => ({ plays: eb('plays', '+', 1), heat: heatAfter(row.heat, now) }))
			.where('id', '=', id)
			.execute();
	}
}
