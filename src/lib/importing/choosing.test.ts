import { expect, test } from 'vitest';
import { isTooMuch, namedIn, searchable, searched, ticked, type Chosen } from './choosing.ts';

const bea: Chosen = { kind: 'artist', id: '1', name: 'Bea' };
const coast: Chosen = { kind: 'album', id: '1', name: 'Coast', artist: { id: '1', name: 'Bea' } };
const mix: Chosen = { kind: 'playlist', id: '1', name: 'Mix' };

test('ten thousand artists are searched by words in any order, without their accents', () => {
	const artists = Array.from({ length: 10_000 }, (_, at) => ({ id: String(at), name: `No ${at}` }));
	const all = searchable([...artists, { id: 'x', name: 'Sigur Rós' }]);

	expect(searched(all, 'ros sig').map(({ id }) => id)).toEqual(['x']);
	expect(searched(all, ' ')).toHaveLength(10_001);
	expect(searched(all, '<b>')).toEqual([]);
});

test('what is ticked is named once in the order, by its kind', () => {
	const chosen = [coast, mix, coast].reduce<Chosen[]>((all, one) => ticked(all, one, true), []);

	expect(namedIn(chosen)).toEqual({ artists: [], albums: ['1'], playlists: ['1'] });
	expect(namedIn(ticked(chosen, mix, false)).playlists).toEqual([]);
});

test('who takes an artist needs none of the albums', () => {
	expect(namedIn(ticked([coast, mix], bea, true))).toEqual({
		...{ artists: ['1'], albums: [], playlists: ['1'] }
	});
});

test('more than an order takes is said before it is sent', () => {
	const many = Array.from({ length: 1_001 }, (_, at) => ({ ...bea, id: String(at) }));

	expect(isTooMuch(many.slice(1))).toBe(false);
	expect(isTooMuch(many)).toBe(true);
});
