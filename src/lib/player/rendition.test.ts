import { expect, test } from 'vitest';
import { streamOf } from './rendition.ts';

const ready = { state: 'ready' } as const;
const track = {
	streamUrl: '/flac',
	renditions: [
		{
			...ready,
			kind: 'original' as const,
			type: 'audio/flac',
			bitsPerSecond: 900_000,
			url: '/flac'
		},
		{ ...ready, kind: 'aac' as const, type: 'audio/mp4', bitsPerSecond: 256_000, url: '/aac' },
		{ ...ready, kind: 'opus' as const, type: 'audio/ogg', bitsPerSecond: 128_000, url: '/opus' }
	]
};
const all = () => true;

test('the server’s choice plays where nothing speaks against it', () => {
	expect(streamOf(track, { savesData: false, canPlay: all })).toBe('/flac');
});

test('who saves data gets the smallest that plays here', () => {
	expect(streamOf(track, { savesData: true, canPlay: all })).toBe('/opus');
	expect(streamOf(track, { savesData: true, canPlay: (type) => type !== 'audio/ogg' })).toBe(
		'/aac'
	);
});

test('what does not play here gives way to what does', () => {
	const canPlay = (type: string) => type === 'audio/mp4';
	expect(streamOf(track, { savesData: false, canPlay })).toBe('/aac');
});

test('a track of which only one stream is known plays by it', () => {
	expect(streamOf({ streamUrl: '/a' }, { savesData: true, canPlay: () => false })).toBe('/a');
});
