import { expect, test } from 'vitest';
import { belongingOf, filledIn } from './belonging.ts';
import type { Metadata } from './tags.ts';

const tags: Metadata = {
	...{ title: 'Tag', artist: 'Ada feat. Bo', albumArtist: null, album: 'Coast' },
	...{ trackNumber: null, discNumber: null, genre: null, date: null }
};
const keyOf = (path: string | null, said: Partial<Metadata> = {}) => {
	const belonging = belongingOf({ ...tags, ...said }, path);
	return belonging.kind === 'gathering' ? belonging.key : belonging.kind;
};

test('of which nobody says whose it is goes with its folder and its title, discs together', () => {
	expect(keyOf('Music/CD 1/a.flac')).toBe(keyOf('Music/disc02/b.flac', { album: 'CÓAST' }));
	expect(keyOf('Music/a.flac')).not.toBe(keyOf('Other/a.flac'));
	expect(keyOf('Music/a.flac')).not.toBe(keyOf('Music/a.flac', { album: 'Night' }));
	expect(keyOf('Music/a.flac', { albumArtist: 'Ada' })).toBe('release');
	expect(keyOf(null)).toBe('release');
	expect(belongingOf(tags, 'Music/a.flac')).toMatchObject({ lead: 'Ada' });
});

test('a folder is a title where no tag says one, and none where somebody cleared it', () => {
	const path = 'Coast/CD 2/03 - Harbour.flac';
	const filled = filledIn({ ...tags, album: null }, { name: '03 - Harbour.flac', path });

	expect(filled).toMatchObject({ album: 'Coast', discNumber: 2, trackNumber: 3 });
	expect(belongingOf({ ...filled, album: null }, path)).toEqual({ kind: 'alone' });
});
