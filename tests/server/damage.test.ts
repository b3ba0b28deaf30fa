import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMusic, type Recipe } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal({ JOBS_CONCURRENCY: '2' }));
	owner = await portal.signIn();
});
afterAll(() => close());

type Bytes = Uint8Array<ArrayBuffer>;

let hertz = 300;
const music = (recipe: Recipe) => makeMusic({ seconds: 4, hertz: (hertz += 7), ...recipe });
const half = (bytes: Bytes) => bytes.slice(0, bytes.length / 2);
const junk = (length: number): Bytes => new Uint8Array(length).fill(0x55);
const joined = (...parts: Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));

async function outcomeOf(format: string, bytes: Bytes) {
	const { state, code } = await owner.outcome(await owner.send(`${hertz}.${format}`, bytes));
	return [state, code];
}

const WHOLE: [string, Recipe][] = [
	['MP3', { format: 'mp3' }],
	['MP3 of changing bit rate', { format: 'mp3', args: ['-q:a', '4'] }],
	['MP3 without a header', { format: 'mp3', args: ['-write_xing', '0'] }],
	['MP3 with a picture', { format: 'mp3', cover: 'red' }],
	['MP3 that is a moment long', { format: 'mp3', seconds: 0.1 }],
	['FLAC', { format: 'flac' }],
	['FLAC with a picture', { format: 'flac', cover: 'blue' }],
	['FLAC that is a moment long', { format: 'flac', seconds: 0.1 }],
	['WAV', { format: 'wav' }],
	['AIFF', { format: 'aiff' }],
	['AIFF that is a moment long', { format: 'aiff', seconds: 0.05 }],
	['Ogg Vorbis', { format: 'ogg' }],
	['Opus', { format: 'opus' }],
	['AAC', { format: 'm4a' }],
	['AAC that plays while it loads', { format: 'm4a', args: ['-movflags', '+faststart'] }],
	['ALAC', { format: 'm4a', args: ['-c:a', 'alac'] }]
];
test.concurrent.each(WHOLE)('a whole %s plays', async (_, recipe) => {
	expect(await outcomeOf(recipe.format, await music(recipe))).toEqual(['ready', undefined]);
});

const PROMISING: [string, Recipe][] = [
	['FLAC', { format: 'flac' }],
	['MP3 that says how many frames it has', { format: 'mp3' }],
	['MP3 of changing bit rate', { format: 'mp3', args: ['-q:a', '4'] }],
	['AIFF', { format: 'aiff' }],
	['AAC that plays while it loads', { format: 'm4a', args: ['-movflags', '+faststart'] }],
	['ALAC', { format: 'm4a', args: ['-c:a', 'alac', '-movflags', '+faststart'] }],
	['AAC with its index at the end', { format: 'm4a' }]
];
test.concurrent.each(PROMISING)('half a %s is refused', async (_, recipe) => {
	const bytes = half(await music(recipe));

	expect(await outcomeOf(recipe.format, bytes)).toEqual(['failed', 'unreadable']);
});

const SHORTER: [string, Recipe][] = [
	['MP3 without a header', { format: 'mp3', args: ['-write_xing', '0'] }],
	['Ogg Vorbis', { format: 'ogg' }],
	['Opus', { format: 'opus' }]
];
test.concurrent.each(SHORTER)('half of %s is a shorter song', async (_, recipe) => {
	const bytes = half(await music({ ...recipe, seconds: 8 }));

	expect(await outcomeOf(recipe.format, bytes)).toEqual(['ready', undefined]);
});

test.concurrent('a FLAC whose second half is no sound is refused', async () => {
	const bytes = await music({ format: 'flac' });
	bytes.fill(0x55, bytes.length / 2);

	expect(await outcomeOf('flac', bytes)).toEqual(['failed', 'unreadable']);
});

const HARMLESS: [string, Recipe['format'], (bytes: Bytes) => Bytes][] = [
	['junk behind an MP3', 'mp3', (bytes) => joined(bytes, junk(3000))],
	['an MP3 whose first frame is broken', 'mp3', (bytes) => broken(bytes, 500, 120)],
	['an MP3 that lost its last frames', 'mp3', (bytes) => bytes.slice(0, bytes.length - 900)],
	['junk behind a FLAC', 'flac', (bytes) => joined(bytes, junk(3000))],
	['a FLAC with a few bad bytes', 'flac', (bytes) => broken(bytes, bytes.length - 9000, 8)],
	['an old tag behind a FLAC', 'flac', (bytes) => joined(bytes, oldTag())],
	['junk behind a WAV', 'wav', (bytes) => joined(bytes, junk(3000))]
];
test.concurrent.each(HARMLESS)('%s does not keep it from playing', async (_, format, harm) => {
	const bytes = harm(await music({ format }));

	expect(await outcomeOf(format, bytes)).toEqual(['ready', undefined]);
});

function broken(bytes: Bytes, at: number, length: number): Bytes {
	return bytes.slice().fill(0x55, at, at + length);
}

/** ID3v1, which stands at the end. */
function oldTag(): Bytes {
	const tag = new Uint8Array(128);
	tag.set(new TextEncoder().encode('TAGSome title'));
	return tag;
}
