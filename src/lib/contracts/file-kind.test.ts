import { expect, test } from 'vitest';
import { goesBefore, isCompanion, kindOf, shownName, shownPath } from './file-kind.ts';

test('music is taken by its ending or its type, covers by their usual names', () => {
	expect(kindOf('Song.FLAC', undefined)).toBe('audio');
	expect(kindOf('no ending', 'audio/mpeg')).toBe('audio');
	expect(kindOf('cover.jpg', 'image/jpeg')).toBe('cover');
	expect(kindOf('Folder.PNG', undefined)).toBe('cover');
	expect(kindOf('holiday.jpg', 'image/jpeg')).toBeNull();
	expect(kindOf('notes.txt', 'text/plain')).toBeNull();
	expect(kindOf('.mp3', undefined)).toBeNull();
	expect(kindOf('Album.ZIP', 'application/zip')).toBe('archive');
});

test('what lies beside music is told from what has nothing to do with it', () => {
	expect(isCompanion('Album.CUE')).toBe(true);
	expect(isCompanion('rip.log')).toBe(true);
	expect(isCompanion('notes.txt')).toBe(false);
	expect(isCompanion('.cue')).toBe(false);
	expect(kindOf('all.m3u', 'audio/x-mpegurl')).toBeNull();
});

test('a name with a path in it keeps its last part alone', () => {
	expect(shownName('../../etc/passwd')).toBe('passwd');
	expect(shownName('C:\\music\\song.mp3')).toBe('song.mp3');
	expect(shownName('a\u0000b\u202egnp.mp3')).toBe('abgnp.mp3');
	expect(shownName('//')).toBe('file');
});

test('a long name with emoji is cut without breaking a character', () => {
	const name = shownName(`${'🎧'.repeat(300)}.mp3`);

	expect(name.isWellFormed()).toBe(true);
	expect(name.length).toBeLessThanOrEqual(255);
});

test('a path loses what leads upward and is null without a folder', () => {
	expect(shownPath('../Album/./01 Song.mp3')).toBe('Album/01 Song.mp3');
	expect(shownPath('song.mp3')).toBeNull();
	expect(shownPath(undefined)).toBeNull();
});

test('of the pictures of one folder one is the cover, in whatever order they come', () => {
	const small = { name: 'cover.png', size: 10 };
	const all = [
		{ name: 'Front.jpg', size: 300 },
		{ name: 'Cover.JPG', size: 200 },
		{ name: 'cover.jpg', size: 200 },
		small,
		{ name: 'folder.jpg', size: 900 },
		{ name: 'AlbumArt_Large.jpg', size: 999 },
		{ name: 'AlbumArtSmall.jpg', size: 5 }
	];

	expect(all.toReversed().sort((a, b) => (goesBefore(a, b) ? -1 : 1))).toEqual(all);
	expect(goesBefore(small, small)).toBe(false);
});
