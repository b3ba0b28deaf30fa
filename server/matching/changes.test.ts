import { expect, test } from 'vitest';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import { changesOf, descriptionsOf, type FoundRelease } from './changes.ts';

const release = { title: 'Evening', artist: 'Mara', date: '1998' } as Release;
const track = { title: 'Dusk', artist: 'Mara', discNumber: null, trackNumber: 1 };
const tracks = [
	{ ...track, id: 'a' },
	{ ...track, id: 'b', trackNumber: 2 }
] as Track[];
const found: FoundRelease = {
	...{ id: 'x', title: 'Evening', artist: 'Mára', date: null, discs: 1, trackCount: 2, score: 1 },
	tracks: { a: { title: 'Dusk', artist: 'Mara Tide', disc: 1, number: 1 } }
};
const suggested = { release, tracks, found, cover: null };

test('what is not known, says the same or spells the same artist is no change', () => {
	expect(changesOf(suggested).map(({ key }) => key)).toEqual(['artist:a']);
});

test('a number of a disc is suggested where there are several', () => {
	const keys = changesOf({ ...suggested, found: { ...found, discs: 2 } }).map(({ key }) => key);

	expect(keys).toContain('discNumber:a');
});

test('with another artist for a track, all of them are told whose release they are on', () => {
	const said = descriptionsOf(changesOf(suggested), ['artist:a', 'unheard'], suggested);

	expect([...said]).toEqual([
		['a', { albumArtist: 'Mara', artist: 'Mara Tide' }],
		['b', { albumArtist: 'Mara' }]
	]);
});
