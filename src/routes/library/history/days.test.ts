import { expect, test } from 'vitest';
import { byDay } from './days.ts';

test('plays of one day stand together, under words for it', () => {
	const plays = [
		'2026-11-21T09:00:00Z',
		'2026-11-21T01:00:00Z',
		'2026-11-20T22:00:00Z',
		'2026-11-02T12:00:00Z'
	];

	const days = byDay(
		plays.map((at) => ({ at })),
		{ now: new Date('2026-11-21T12:00:00Z'), timeZone: 'UTC' }
	);

	expect(days.map(({ words, plays }) => [words, plays.length])).toEqual([
		['Today', 2],
		['Yesterday', 1],
		['Monday, November 2', 1]
	]);
});
