import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import {
	apeTag,
	id3v1,
	id3v22,
	id3Pictures,
	id3v24,
	makeMusepack,
	makeMusic,
	makePicture,
	makesMusepack,
	withChunk,
	type Recipe
} from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal({ JOBS_CONCURRENCY: '2' }));
	owner = await portal.signIn();
});
afterAll(() => close());

let hertz = 200;
let songs = 0;
const SECONDS = 1.5;
const music = (recipe: Recipe) => makeMusic({ seconds: SECONDS, hertz: (hertz += 7), ...recipe });

async function trackOf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Track> {
	const outcome = await owner.outcome(await owner.send(name, bytes));
	expect(outcome).toMatchObject({ state: 'ready' });
	return (await (await owner.fetch(`/api/tracks/${outcome.trackId}`)).json()) as Track;
}

async function streamType(track: Track): Promise<string | null> {
	return (await portal.visitor.fetch(track.streamUrl ?? '')).headers.get('Content-Type');
}

/** Non-Latin, so that an encoding that is guessed wrongly shows. */
const TAGS = { title: '夜のドライブ', artist: 'Жанна', album: 'أغنية', track: '3', genre: 'Pop' };

const AAC = 'audio/mp4';
const AS_IT_IS = ['audio/mpeg', 'audio/flac', 'audio/ogg', 'audio/mp4', 'audio/aac'];

const FORMATS: [string, Recipe, { format: string; type: string; untagged?: boolean }][] = [
	['MP3', { format: 'mp3' }, { format: 'MP3', type: 'audio/mpeg' }],
	[
		'MP3 of 320 kbit/s',
		{ format: 'mp3', args: ['-b:a', '320k'] },
		{ format: 'MP3', type: 'audio/mpeg' }
	],
	[
		'MP3 of changing bit rate',
		{ format: 'mp3', args: ['-q:a', '2'] },
		{ format: 'MP3', type: 'audio/mpeg' }
	],
	[
		'MP3 with ID3v2.3',
		{ format: 'mp3', args: ['-id3v2_version', '3'] },
		{ format: 'MP3', type: 'audio/mpeg' }
	],
	['MP3 of 8 kHz', { format: 'mp3', args: ['-ar', '8000'] }, { format: 'MP3', type: 'audio/mpeg' }],
	['FLAC', { format: 'flac' }, { format: 'FLAC', type: 'audio/flac' }],
	[
		'FLAC of 16 bit',
		{ format: 'flac', args: ['-sample_fmt', 's16', '-ac', '2'] },
		{ format: 'FLAC', type: 'audio/flac' }
	],
	[
		'FLAC of 24 bit and 192 kHz',
		{ format: 'flac', args: ['-sample_fmt', 's32', '-ar', '192000', '-ac', '2'] },
		{ format: 'FLAC', type: 'audio/flac' }
	],
	[
		'FLAC of 7.1 channels',
		{ format: 'flac', args: ['-ac', '8'] },
		{ format: 'FLAC', type: 'audio/flac' }
	],
	[
		'Ogg Vorbis',
		{ format: 'ogg', args: ['-ac', '2'] },
		{ format: 'Ogg Vorbis', type: 'audio/ogg' }
	],
	['Opus', { format: 'opus' }, { format: 'Opus', type: 'audio/ogg' }],
	['AAC', { format: 'm4a' }, { format: 'AAC', type: AAC }],
	[
		'AAC without a container',
		{ format: 'aac' },
		{ format: 'AAC', type: 'audio/aac', untagged: true }
	],
	['ALAC', { format: 'm4a', args: ['-c:a', 'alac'] }, { format: 'ALAC', type: AAC }],
	['WAV of 16 bit', { format: 'wav' }, { format: 'WAV', type: AAC }],
	['WAV of 24 bit', { format: 'wav', args: ['-c:a', 'pcm_s24le'] }, { format: 'WAV', type: AAC }],
	[
		'WAV of 32 bit',
		{ format: 'wav', args: ['-c:a', 'pcm_s32le', '-ar', '96000'] },
		{ format: 'WAV', type: AAC }
	],
	[
		'WAV of floating point',
		{ format: 'wav', args: ['-c:a', 'pcm_f32le'] },
		{ format: 'WAV', type: AAC }
	],
	[
		'WAV of 7.1 channels',
		{ format: 'wav', args: ['-ac', '8', '-ar', '48000'] },
		{ format: 'WAV', type: AAC }
	],
	['WAV of 8 kHz', { format: 'wav', args: ['-ar', '8000'] }, { format: 'WAV', type: AAC }],
	['AIFF', { format: 'aiff', args: ['-write_id3v2', '1'] }, { format: 'AIFF', type: AAC }],
	['WMA', { format: 'wma' }, { format: 'WMA', type: AAC }],
	['WavPack', { format: 'wv' }, { format: 'WavPack', type: AAC }],
	['Matroska', { format: 'mka', args: ['-c:a', 'flac'] }, { format: 'FLAC', type: AAC }],
	['WebM', { format: 'webm' }, { format: 'Opus', type: AAC }],
	['CAF', { format: 'caf' }, { format: 'PCM', type: AAC, untagged: true }]
];

test.concurrent.each(FORMATS)(
	'%s plays, with its tags',
	async (_, recipe, { format, type, untagged }) => {
		// One name for all of them would have each compared with all others by ear.
		const tags = { ...TAGS, title: `${TAGS.title} ${++songs}` };
		const bytes = await music({ tags, ...recipe });
		const track = await trackOf(`song.${recipe.format}`, bytes);

		expect(track).toMatchObject({ state: 'ready', format });
		expect(await streamType(track)).toBe(type);
		expect(AS_IT_IS).toContain(type);
		expect(Math.abs(track.durationSeconds - SECONDS)).toBeLessThan(0.2);
		if (!untagged) {
			expect(track).toMatchObject({ title: tags.title, artist: TAGS.artist, trackNumber: 3 });
		}
	}
);

test.skipIf(!(await makesMusepack()))('Musepack plays', async () => {
	const track = await trackOf(
		'a.mpc',
		await makeMusepack({ seconds: SECONDS, hertz: (hertz += 7) })
	);

	expect(track).toMatchObject({ state: 'ready', format: 'Musepack' });
	expect(await streamType(track)).toBe(AAC);
});

const bare = () =>
	music({
		format: 'mp3',
		args: ['-id3v2_version', '0', '-write_id3v1', '0', '-map_metadata', '-1']
	});
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const WORDS = { title: 'Nachtfahrt', artist: 'Zoë', album: 'Über' };

const TAGGED: [string, (words: typeof WORDS) => Promise<Uint8Array<ArrayBuffer>>][] = [
	['ID3v1', async (words) => joined(await bare(), id3v1(words))],
	['ID3v2.2', async (words) => joined(id3v22(words), await bare())],
	['ID3v2.4', async (words) => joined(id3v24(words), await bare())],
	['APEv2', async (words) => joined(await bare(), apeTag(words))],
	[
		'ID3 in a chunk of a WAV',
		async (words) => withChunk(await music({ format: 'wav' }), 'id3 ', id3v24(words))
	],
	['RIFF INFO', async (words) => music({ format: 'wav', tags: words })]
];
test.concurrent.each(TAGGED)('tags are read from %s', async (name, make) => {
	const words = { ...WORDS, title: `${WORDS.title} ${++songs}` };
	const track = await trackOf(
		name.includes('WAV') || name === 'RIFF INFO' ? 'x.wav' : 'x.mp3',
		await make(words)
	);

	expect(track).toMatchObject({ title: words.title, artist: WORDS.artist, release: WORDS.album });
});

test.concurrent('several artists in one tag are all named', async () => {
	const bytes = joined(id3v24({ ...WORDS, artist: 'Zoë\0Жанна\0夜' }), await bare());

	expect((await trackOf('several.mp3', bytes)).artist).toBe('Zoë, Жанна, 夜');
});

test.concurrent('an artist whose name has a slash keeps it', async () => {
	const tags = { title: 'Slash', artist: 'AC/DC' };
	const old = await music({ format: 'mp3', args: ['-id3v2_version', '3'], tags });

	expect((await trackOf('slash.mp3', old)).artist).toBe('AC/DC');
});

test.concurrent('of several pictures the front is the cover', async () => {
	const pictures = [
		[4, await makePicture('blue')],
		[3, await makePicture('red')],
		[8, await makePicture('green')]
	] as const;
	const track = await trackOf('pictures.mp3', joined(id3Pictures(pictures), await bare()));

	expect(track.coverUrl).toMatch(/^\/media\/covers\//);
	expect(track.coverColor).toMatch(/^#(e|f)[0-9a-f]0[0-9a-f]{3}$/);
});

test.concurrent('a cue sheet inside a file is no reason to refuse it', async () => {
	const tags = { title: 'Whole side', CUESHEET: 'FILE "/etc/passwd" WAVE\n  TRACK 01 AUDIO\n' };
	const track = await trackOf('side.flac', await music({ format: 'flac', tags }));

	expect(track).toMatchObject({ title: 'Whole side', state: 'ready' });
});

test.concurrent('MusicBrainz ids are kept, and what is none is not', async () => {
	const recording = '5b11f4ce-a62d-471e-81fc-a69a8278c7da';
	const release = '1b022e01-4da6-387b-8658-8678046e4cef';
	const tags = {
		title: 'Known',
		MUSICBRAINZ_TRACKID: recording,
		MUSICBRAINZ_ALBUMID: release,
		MUSICBRAINZ_ARTISTID: 'not an id'
	};
	const track = await trackOf('known.flac', await music({ format: 'flac', tags }));

	expect(track.musicbrainz).toEqual({ recording, release });
});
