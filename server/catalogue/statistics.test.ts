import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Kysely } from 'kysely';
import { databaseInMemory } from './in-memory.ts';
import type { Database } from './schema.ts';
import { spread, Statistics } from './statistics.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 12);
const TODAY = Math.floor(NOW / DAY_MS);

let db: Kysely<Database>;

beforeEach(async () => {
	db = await databaseInMemory();
	const any = db as unknown as Kysely<Record<string, Record<string, unknown>>>;
	const common = { created_at: 0 };
	await any
		.insertInto('person')
		.values({ id: 'p', email: 'e', name: 'n', role: 'artist', password_hash: '', ...common })
		.execute();
	await any
		.insertInto('artist')
		.values({ id: 'a', slug: 'a', name: 'A', name_key: 'a', ...common })
		.execute();
	for (const id of ['one', 'two']) {
		await any
			.insertInto('track')
			.values({
				...{ id, slug: id, owner_id: 'p', artist_id: 'a', title: id, duration_ms: 1, ...common },
				...{ state: 'ready', visibility: 'public', upload_id: id, original_sha256: id },
				...{ original_size: 1, original_name: 'n', original_format: 'MP3' }
			})
			.execute();
	}
});
afterEach(() => db.destroy());

const play = (track_id: string, listener: string, daysAgo: number, is_counted: 0 | 1 = 1) =>
	db
		.insertInto('play')
		.values({
			...{ track_id, listener, is_counted, owner_id: 'p', person_id: null, seconds: 30 },
			...{ source: listener === 'c' ? 'embed' : 'page', at: NOW - daysAgo * DAY_MS }
		})
		.execute();

test('plays are summed by day, by track and by source; listeners once a day', async () => {
	await play('one', 'a', 0);
	await play('two', 'a', 0);
	await play('one', 'b', 0);
	await play('one', 'own', 0, 0);
	await play('one', 'a', 1);
	await play('one', 'c', 6);
	await play('one', 'a', 7);

	const week = await new Statistics(db).ofOwner('p', 7, NOW);

	expect(week.days.map(({ plays, listeners }) => [plays, listeners])).toEqual([
		...[[1, 1], ...Array(4).fill([0, 0])],
		...[
			[1, 1],
			[3, 2]
		]
	]);
	expect(week).toMatchObject({
		...{ plays: 5, listeners: 4 },
		tracks: [
			{ id: 'one', plays: 4 },
			{ id: 'two', plays: 1 }
		],
		sources: [
			{ source: 'page', plays: 4 },
			{ source: 'embed', plays: 1 }
		]
	});
	expect(week.days.at(-1)?.day).toBe('2026-11-21');
});

test('a year is shown by weeks, the last of which ends today', () => {
	const since = TODAY - 364;
	const sums = [TODAY, TODAY - 6, TODAY - 7, since].map((day) => ({ day, plays: 1, listeners: 1 }));

	const weeks = spread(sums, { since, today: TODAY });

	expect(weeks).toHaveLength(53);
	expect(weeks.slice(-2).map(({ plays }) => plays)).toEqual([1, 2]);
	expect(weeks.reduce((all, { plays }) => all + plays, 0)).toBe(4);
	expect(weeks.at(-1)?.day).toBe('2026-11-15');
});
