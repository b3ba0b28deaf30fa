import { expect, test } from 'vitest';
import type { Description } from '#contracts/upload';
import { NO_METADATA } from '../metadata.ts';
import { cleaned, described, visibilityOf } from './description.ts';

const file = { name: '03 - Harbour.flac', path: null, tags: null, description: null };
const tags = { ...NO_METADATA, title: 'Tag', artist: 'Ada', album: 'Coast', trackNumber: 7 };

test('without tags and words a file speaks by its name, its folder and its person', () => {
	expect(described({ ...file, path: 'Music/Coast/03 - Harbour.flac' }, 'Bea')).toMatchObject({
		title: 'Harbour',
		artist: 'Bea',
		belonging: { kind: 'gathering', album: 'Coast', lead: null },
		trackNumber: 3
	});
});

test('tags go before the name, and what is said before the tags', () => {
	expect(described({ ...file, tags }, 'Bea')).toMatchObject({ title: 'Tag', trackNumber: 7 });
	expect(described({ ...file, tags, description: { title: 'Said' } }, 'Bea')).toMatchObject({
		title: 'Said',
		artist: 'Ada',
		belonging: { album: 'Coast' }
	});
});

test('a release is its album artist’s, else the artist’s', () => {
	const album = { ...file, tags: { ...tags, albumArtist: 'Various' } };
	const whose = (upload: typeof album, description: Description = {}) =>
		described({ ...upload, description }, 'Bea').belonging;

	expect(whose(album)).toMatchObject({ kind: 'release', artist: 'Various' });
	expect(whose(album, { albumArtist: null })).toMatchObject({ artist: 'Ada' });
	expect(whose(album, { albumArtist: null, artist: 'Cleo' })).toMatchObject({ artist: 'Cleo' });
});

test('a folder of a disc says which disc it is, and not what the release is called', () => {
	expect(described({ ...file, path: 'Coast/CD 2/03 - Harbour.flac' }, 'Bea')).toMatchObject({
		belonging: { album: 'Coast' },
		discNumber: 2
	});
});

test('a text keeps its lines; what is said goes before what the file has, and null takes it away', () => {
	const texts = { text: 'As it\nis sung', credits: 'Composer: Ada' };
	const song = { ...file, tags: { ...tags, ...texts } };
	const said = cleaned({ text: 'One\r\n\r\n\r\ntwo\u0007 ', credits: null });

	expect(described(song, 'Bea')).toMatchObject(texts);
	expect(described({ ...song, description: said }, 'Bea')).toMatchObject({
		text: 'One\n\ntwo',
		credits: null
	});
	expect(cleaned({ text: ' \n ' })).toEqual({ text: null });
});

test('null clears what the tags, the name and the folder say', () => {
	const upload = { ...file, path: 'Coast/03 - Harbour.flac', tags };
	const description = { title: null, artist: null, album: null, trackNumber: null };

	expect(described({ ...upload, description }, 'Bea')).toMatchObject({
		title: 'Harbour',
		artist: 'Bea',
		belonging: { kind: 'alone' },
		trackNumber: null
	});
});

test('what is cleaned away counts as cleared, and what was not said stays so', () => {
	expect(cleaned({ title: '\u0000', date: '2020-13', visibility: 'draft' })).toEqual({
		title: null,
		date: '2020',
		visibility: 'draft'
	});
});

test('public is what is published and not described as a draft', () => {
	expect(visibilityOf({ publish: true, description: null })).toBe('public');
	expect(visibilityOf({ publish: true, description: { visibility: 'draft' } })).toBe('draft');
	expect(visibilityOf({ publish: false, description: { visibility: 'public' } })).toBe('draft');
});
