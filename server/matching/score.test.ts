import { expect, test } from 'vitest';
import {
	fit,
	GOOD_ENOUGH,
	likelihood,
	likeness,
	type Candidate,
	type OwnRelease
} from './score.ts';

const TITLES = ['Dusk', 'Harbour lights', 'The long way home'];

const own = (change: Partial<OwnRelease> = {}): OwnRelease => ({
	...{ title: 'Evening', artist: 'Mara & The Tide' },
	tracks: TITLES.map((title, at) => ({
		...{ id: `t${at}`, title, artist: 'Mara & The Tide', disc: null, number: at + 1 },
		durationMs: (at + 3) * 60_000
	})),
	...change
});

const candidate = (change: Partial<Candidate> = {}): Candidate => ({
	...{ id: 'x', title: 'Evening', artist: 'Mara and the Tide', date: null },
	...{ hasCover: false, discs: 1 },
	tracks: TITLES.map((title, at) => ({
		...{ title, artist: 'Mara and the Tide', disc: 1, number: at + 1 },
		durationMs: (at + 3) * 60_000 + 900
	})),
	...change
});

test('spellings of one name are alike, other names are not', () => {
	expect(likeness('Björk & Co.', 'bjork and co')).toBe(1);
	expect(likeness('!!!', '!!!')).toBe(1);
	expect(likeness('Harbour lights', 'Harbor Lights')).toBeGreaterThan(0.8);
	expect(likeness('Dusk', 'Morning')).toBe(0);
	expect(likeness('', '')).toBe(1);
	expect(likeness('a', 'b')).toBe(0);
});

test('the same release fits, and its tracks are found in their places', () => {
	const { score, pairs } = fit(own(), candidate());

	expect(score).toBeGreaterThan(0.99);
	expect([...pairs].map(([id, { number }]) => [id, number])).toEqual([
		['t0', 1],
		['t1', 2],
		['t2', 3]
	]);
});

test('tracks are found by name and length where they stand in another order', () => {
	const tracks = candidate()
		.tracks.toReversed()
		.map((track, at) => ({ ...track, number: at + 1 }));

	const { pairs } = fit(own(), candidate({ tracks }));

	expect(pairs.get('t0')).toMatchObject({ title: 'Dusk', number: 3 });
	expect(pairs.get('t2')).toMatchObject({ title: 'The long way home', number: 1 });
});

test('a track is at most one of ours', () => {
	const twice = own();
	const same = { ...twice, tracks: [twice.tracks[0]!, { ...twice.tracks[0]!, id: 'again' }] };

	expect(fit(same, candidate()).pairs.size).toBe(1);
});

test('other lengths make it another recording, and another artist another release', () => {
	const live = candidate().tracks.map((track) => ({ ...track, durationMs: 20 * 60_000 }));
	const another = candidate({
		artist: 'Quintet Zoo',
		tracks: live.map((track) => ({ ...track, title: 'Other' }))
	});

	const same = fit(own(), candidate()).score;
	expect(fit(own(), candidate({ tracks: live })).score).toBeLessThan(GOOD_ENOUGH);
	expect(fit(own(), another).score).toBeLessThan(0.5);
	expect(same).toBeGreaterThan(GOOD_ENOUGH);
});

test('a longer edition fits less than the one with as many tracks', () => {
	const more = candidate().tracks.map((track) => ({
		...track,
		disc: 2,
		title: `${track.title} (demo)`
	}));
	const deluxe = candidate({ discs: 2, tracks: [...candidate().tracks, ...more] });

	expect(fit(own(), deluxe).score).toBeLessThan(fit(own(), candidate()).score);
	expect(fit(own(), deluxe).score).toBeGreaterThan(GOOD_ENOUGH);
});

test('lengths that MusicBrainz does not know count neither way', () => {
	const tracks = candidate().tracks.map((track) => ({ ...track, durationMs: null }));

	expect(fit(own(), candidate({ tracks })).score).toBeGreaterThan(0.99);
});

test('among those that a search lists, names and the number of tracks say which to look at first', () => {
	const listed = { id: 'x', title: 'Evening', artist: 'Mara and the Tide', trackCount: 3 };

	const best = likelihood(own(), listed);
	expect(best).toBeGreaterThan(likelihood(own(), { ...listed, trackCount: 12 }));
	expect(best).toBeGreaterThan(likelihood(own(), { ...listed, title: 'Evening (live)' }));
});

test('a release without tracks is no answer to anything', () => {
	expect(fit(own({ tracks: [] }), candidate({ tracks: [] })).score).toBeLessThan(GOOD_ENOUGH);
});
