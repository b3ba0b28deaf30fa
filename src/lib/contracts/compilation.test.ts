import { expect, test } from 'vitest';
import { albumFolder, leadingArtist } from './compilation.ts';

test.each([
	['Coast/01.flac', 'Coast', null],
	['Music/Coast/CD 1/01.flac', 'Music/Coast', 1],
	['Coast/disk02/01.flac', 'Coast', 2],
	['Coast/Disc_3/01.flac', 'Coast', 3],
	['Coast/CD extra/01.flac', 'Coast/CD extra', null],
	['Discovery/01.flac', 'Discovery', null],
	['CD 1/01.flac', 'CD 1', null],
	['01.flac', '', null],
	[null, '', null]
])('%s lies in %s, on disc %s', (path, folder, disc) => {
	expect(albumFolder(path)).toEqual({ folder, disc });
});

test.each([
	['Ada feat. Bob', 'Ada'],
	['Ada ft Bob & Cleo', 'Ada'],
	['Ada (Featuring Bob)', 'Ada'],
	['Ada [FT. Bob]', 'Ada'],
	['Ada & Bob', 'Ada & Bob'],
	['Little Feat', 'Little Feat'],
	['Feat. Bob', 'Feat. Bob'],
	['Daft Punk', 'Daft Punk']
])('%s is led by %s', (artist, lead) => {
	expect(leadingArtist(artist)).toBe(lead);
});
