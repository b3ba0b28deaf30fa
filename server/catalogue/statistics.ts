import { sql, type Kysely } from 'kysely';
import type { PlaysOfDay, Statistics as Figures, TrackStatistics } from '#contracts/statistics';
import type { Database } from './schema.ts';

const DAY_MS = 86_400_000;
const DAYS_OF_WEEK = 7;
/** More bars than this are read by nobody. */
const MOST_DAYS = 31;
const MOST_TRACKS = 20;

interface DaySum {
	/** Days since 1970, UTC. */
	day: number;
	plays: number;
	listeners: number;
}

/** How often somebody's music is played; from sums that are kept by day. */
export class Statistics {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** The last `days` days, today among them. */
	async ofOwner(ownerId: string, days: number, now: number): Promise<Figures> {
		const today = Math.floor(now / DAY_MS);
		const since = today - days + 1;
		const sums = await this.#db
			.selectFrom('listener_day')
			.select(['day', 'plays', 'listeners'])
			.where('owner_id', '=', ownerId)
			.where('day', '>=', since)
			.orderBy('day')
			.limit(days)
			.execute();
		const tracks = await this.#db
			.selectFrom('play_day')
			.innerJoin('track', 'track.id', 'play_day.track_id')
			.select(['track.id', 'track.title', sql<number>`sum(play_day.plays)`.as('plays')])
			.where('play_day.owner_id', '=', ownerId)
			.where('play_day.day', '>=', since)
			.where('track.state', '!=', 'binned')
			.groupBy('track.id')
			.orderBy('plays', 'desc')
			.orderBy('track.id')
			.limit(MOST_TRACKS)
			.execute();
		const sources = await this.#db
			.selectFrom('play_source')
			.select(['source', sql<number>`sum(plays)`.as('plays')])
			.where('owner_id', '=', ownerId)
			.where('day', '>=', since)
			.groupBy('source')
			.orderBy('plays', 'desc')
			.orderBy('source')
			.execute();
		return {
			days: spread(sums, { since, today }),
			plays: sums.reduce((all, { plays }) => all + plays, 0),
			listeners: sums.reduce((all, { listeners }) => all + listeners, 0),
			tracks,
			sources
		};
	}

	async ofTrack(trackId: string, days: number, now: number): Promise<TrackStatistics> {
		const today = Math.floor(now / DAY_MS);
		const since = today - days + 1;
		const sums = await this.#db
			.selectFrom('play_day')
			.select(['day', 'plays', sql<number>`0`.as('listeners')])
			.where('track_id', '=', trackId)
			.where('day', '>=', since)
			.orderBy('day')
			.limit(days)
			.execute();
		const { plays } = await this.#db
			.selectFrom('track')
			.select('plays')
			.where('id', '=', trackId)
			.executeTakeFirstOrThrow();
		return { days: spread(sums, { since, today }), total: plays };
	}
}

/** Every day has its bar, those without a play too; of a long time every week, the last one ending today. */
export function spread(
	sums: readonly DaySum[],
	{ since, today }: { since: number; today: number }
): PlaysOfDay[] {
	const step = today - since >= MOST_DAYS ? DAYS_OF_WEEK : 1;
	const bars = Math.ceil((today - since + 1) / step);
	const first = today + 1 - bars * step;
	const all = Array.from({ length: bars }, (_, at) => ({
		day: new Date((first + at * step) * DAY_MS).toISOString().slice(0, 10),
		plays: 0,
		listeners: 0
	}));
	for (const { day, plays, listeners } of sums) {
		const bar = all[Math.floor((day - first) / step)];
		if (!bar) continue;
		bar.plays += plays;
		bar.listeners += listeners;
	}
	return all;
}
