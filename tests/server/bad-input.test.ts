import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import {
	id3Head,
	id3Pictures,
	id3v24,
	makeMusic,
	makePicture,
	withChunk
} from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** I5: nobody's file keeps the portal from answering for longer than this. */
const READY_MS = 2_000;

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
/** Another person's original, for files that would like to have it. */
let secret: string;
/** Counts who comes. */
let canary: Server;
let visits = 0;
let slowest = 0;
let isOver = false;
let watching: Promise<void>;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	canary = createServer((_, response) => {
		visits++;
		response.end();
	}).listen(0, '127.0.0.1');
	await once(canary, 'listening');
	const id = await owner.send('secret.wav', await makeMusic({ format: 'wav', seconds: 1 }));
	const { trackId } = await owner.outcome(id);
	const original = await owner.fetch(`/media/tracks/${trackId}/original`);
	const relative = original.headers.get('X-Accel-Redirect') ?? '';
	secret = path.join(portal.dataDir, 'storage', relative);
	expect((await readFile(secret)).length).toBeGreaterThan(1000);
	watching = watch();
});
afterAll(async () => {
	isOver = true;
	await watching;
	await close();
	canary.close();
});

/** Asks all the time. */
async function watch() {
	while (!isOver) {
		const asked = performance.now();
		const { status } = await portal.visitor.fetch('/readyz');
		slowest = Math.max(slowest, performance.now() - asked);
		if (status !== 200) slowest = Infinity;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** I4: what was refused is gone, with all that was made on the way. */
afterEach(async () => {
	const folder = (name: string) => path.join(portal.dataDir, 'storage', name);
	await retryUntil(
		async () => [...(await readdir(folder('tmp'))), ...(await readdir(folder('partials')))],
		(left) => left.length === 0
	);
	expect(slowest).toBeLessThan(READY_MS);
	expect(visits).toBe(0);
});

const text = (content: string): Bytes => new Uint8Array(Buffer.from(content));
const joined = (...parts: Uint8Array[]): Bytes => new Uint8Array(Buffer.concat(parts));
const random = (length: number): Bytes => {
	// A small generator of our own, so that a failure can be had again.
	let seed = 20261121;
	return Uint8Array.from({ length }, () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16);
};

let hertz = 700;
const wav = () => makeMusic({ format: 'wav', seconds: 1, hertz: (hertz += 9) });
const mp3 = () =>
	makeMusic({
		format: 'mp3',
		seconds: 1,
		hertz: (hertz += 9),
		args: ['-id3v2_version', '0', '-map_metadata', '-1']
	});
const m4a = (args: string[] = []) =>
	makeMusic({ format: 'm4a', seconds: 1, hertz: (hertz += 9), args });

/** Overwrites bytes. */
function patched(bytes: Bytes, at: number, ...values: number[]): Bytes {
	const copy = bytes.slice();
	copy.set(values, at);
	return copy;
}
function replaced(bytes: Bytes, from: string, to: string): Bytes {
	const at = Buffer.from(bytes).indexOf(from, 0, 'latin1');
	expect(at).toBeGreaterThan(0);
	return patched(bytes, at, ...Buffer.from(to, 'latin1'));
}

/** ASF §3: a header object of which the content is encrypted, as Windows Media sold it. */
async function lockedWma(): Promise<Bytes> {
	const bytes = Buffer.from(await makeMusic({ format: 'wma', seconds: 1, hertz: (hertz += 9) }));
	const object = Buffer.alloc(24 + 16);
	Buffer.from('fbb3112223bdd211b4b700a0c955fc6e', 'hex').copy(object);
	object.writeBigUInt64LE(BigInt(object.length), 16);
	bytes.writeBigUInt64LE(bytes.readBigUInt64LE(16) + BigInt(object.length), 16);
	bytes.writeUInt32LE(bytes.readUInt32LE(24) + 1, 24);
	return joined(bytes.subarray(0, 30), object, bytes.subarray(30));
}

/** A FLAC that says it is ten hours long: STREAMINFO's count of samples is 36 bits from byte 21.5 of the file. */
async function boastingFlac(): Promise<Bytes> {
	const bytes = await makeMusic({ format: 'flac', seconds: 1, hertz: (hertz += 9) });
	const samples = 36_000 * 44_100;
	const at = 4 + 4 + 13;
	const high = ((bytes[at] ?? 0) & 0xf0) | (Math.floor(samples / 2 ** 32) & 0x0f);
	return patched(bytes, at, high, ...Buffer.from(samples.toString(16).padStart(8, '0'), 'hex'));
}

const hls = () =>
	`#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${secret}\n#EXTINF:9,\nhttp://127.0.0.1:${port()}/\n#EXT-X-ENDLIST\n`;
const port = () => {
	const address = canary.address();
	return typeof address === 'object' ? address?.port : 0;
};

const BAD: [string, string, () => Promise<Bytes> | Bytes, string][] = [
	['a text', 'a.mp3', () => text('la la la '.repeat(500)), 'not_audio'],
	['a page', 'a.mp3', () => text('<!doctype html><title>404</title>'), 'not_audio'],
	['an archive', 'a.flac', () => joined(text('PK\x03\x04\x14\0\0\0'), random(3000)), 'not_audio'],
	[
		'an encrypted archive',
		'a.mp3',
		() => joined(text('PK\x03\x04\x14\0\x01\0'), random(3000)),
		'not_audio'
	],
	['a program', 'a.wav', () => joined(text('\x7fELF\x02\x01\x01'), random(3000)), 'not_audio'],
	['a document', 'a.ogg', () => joined(text('%PDF-1.7\n'), random(3000)), 'not_audio'],
	[
		'notes for a synthesizer',
		'a.wav',
		() => text('MThd\0\0\0\x06\0\x01\0\x02\0\x60MTrk'),
		'not_audio'
	],
	['noise', 'a.mp3', () => random(50_000), 'not_audio'],
	['nothing but zeros', 'a.wav', () => new Uint8Array(50_000), 'not_audio'],
	['a picture', 'a.mp3', () => makePicture('red'), 'cover_unplaced'],
	['a film without sound', 'a.mp4', () => silentFilm(), 'no_sound'],
	['the head of a WAV', 'a.wav', async () => (await wav()).slice(0, 44), 'unreadable'],
	['a WAV without channels', 'a.wav', async () => patched(await wav(), 22, 0, 0), 'unreadable'],
	['a WAV without a rate', 'a.wav', async () => patched(await wav(), 24, 0, 0, 0, 0), 'unreadable'],
	['a FLAC of ten hours that is a second long', 'a.flac', boastingFlac, 'unreadable'],
	[
		'an MP4 of which only the sound came',
		'a.m4a',
		async () => (await m4a()).slice(0, 3000),
		'unreadable'
	],
	['an MP4 with a lock', 'a.m4a', async () => replaced(await m4a(), 'mp4a', 'drms'), 'protected'],
	[
		'an MP4 with a newer lock',
		'a.m4a',
		async () => replaced(await m4a(), 'mp4a', 'enca'),
		'protected'
	],
	['a WMA with a lock', 'a.wma', lockedWma, 'protected'],
	[
		'a tag that claims more than there is',
		'a.mp3',
		async () => joined(overlongTag(), await mp3()),
		'unreadable'
	],
	['an Ogg of pictures', 'a.ogg', () => joined(text('OggS\0\x02'), random(4000)), 'unreadable']
];

test.each(BAD)('%s is refused with a reason, and leaves nothing', async (_, name, make, code) => {
	const outcome = await owner.outcome(await owner.send(name, await make()));

	expect(outcome).toMatchObject({ state: 'failed', code });
});

test('an empty file is refused before it is sent', async () => {
	const [outcome] = await owner.register([{ key: 'empty', name: 'empty.mp3', size: 0 }]);

	expect(outcome).toMatchObject({ outcome: 'refused', code: 'empty_file' });
});

async function silentFilm(): Promise<Bytes> {
	const bytes = await m4a([
		'-filter_complex',
		'color=red:duration=1:size=64x64[v]',
		'-map',
		'[v]',
		'-c:v',
		'mpeg4'
	]);
	return bytes;
}

describe('what names other files', () => {
	const PLAYLISTS: [string, () => string | Uint8Array, string][] = [
		['HLS', hls, 'not_audio'],
		['HLS behind a tag', () => joined(id3v24({ title: 'Mine' }), text(hls())), 'unreadable'],
		['HLS behind a tag of nothing', () => joined(id3Head(4, []), text(hls())), 'unreadable'],
		['M3U', () => `#EXTM3U\n${secret}\n`, 'not_audio'],
		['PLS', () => `[playlist]\nFile1=${secret}\nNumberOfEntries=1\n`, 'not_audio'],
		[
			'XSPF',
			() =>
				`<?xml version="1.0"?><playlist><track><location>file://${secret}</location></track></playlist>`,
			'not_audio'
		],
		['ASX', () => `<asx><entry><ref href="file://${secret}"/></entry></asx>`, 'not_audio'],
		['a list to join', () => `ffconcat version 1.0\nfile '${secret}'\n`, 'not_audio'],
		[
			'a list to join, relative',
			() => `ffconcat version 1.0\nfile ../../originals/${path.basename(secret)}\n`,
			'not_audio'
		],
		[
			'DASH',
			() => `<?xml version="1.0"?><MPD><Period><BaseURL>file://${secret}</BaseURL></Period></MPD>`,
			'not_audio'
		],
		[
			'SDP',
			() => `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio ${port()} RTP/AVP 0\n`,
			'not_audio'
		],
		['a cue sheet', () => `FILE "${secret}" WAVE\n  TRACK 01 AUDIO\n`, 'not_audio'],
		['a filter', () => `amovie=${secret}`, 'not_audio'],
		['a shortcut', () => `[InternetShortcut]\nURL=file://${secret}\n`, 'not_audio']
	];

	test.each(PLAYLISTS)('gets nothing of them: %s', async (_, make, code) => {
		const names = ['a.mp3', 'a.wav', 'concat:a.flac', '-i.ogg', '%03d.mp3'];
		const outcomes = await Promise.all(
			names.map(async (name) => {
				const content = make();
				const bytes = typeof content === 'string' ? text(content) : new Uint8Array(content);
				// Each is another file, or the second would be known already.
				const id = await owner.send(name, joined(bytes, text(`\n# ${name}`)));
				const { state, code: said } = await owner.outcome(id);
				return [name, state, said];
			})
		);

		expect(outcomes).toEqual(names.map((name) => [name, 'failed', code]));
	});
});

describe('a good song with something bad in it plays all the same', () => {
	const TAGGED: [string, () => Promise<Bytes>][] = [
		[
			'a title of ten megabytes',
			async () => joined(id3v24({ title: 'x'.repeat(10_000_000) }), await mp3())
		],
		[
			'a million frames',
			async () =>
				joined(id3Head(4, [Buffer.concat(Array<Buffer>(1e6).fill(tinyFrame))]), await mp3())
		],
		[
			'a picture that unpacks to gigabytes',
			async () => joined(id3Pictures([[3, pictureBomb()]]), await mp3())
		],
		['a picture that is a program', async () => joined(id3Pictures([[3, text(SVG)]]), await mp3())],
		[
			'a chunk of four gigabytes',
			async () =>
				patched(withChunk(await wav(), 'JUNK', new Uint8Array(8)), 4, 0xff, 0xff, 0xff, 0xff)
		],
		[
			'words for a shell',
			async () => joined(id3v24({ title: '$(touch /tmp/x); `id` | cat "\'' }), await mp3())
		]
	];
	test.each(TAGGED)('%s', async (_, make) => {
		const outcome = await owner.outcome(await owner.send('good.mp3', await make()));

		expect(outcome).toMatchObject({ state: 'ready' });
		const track = (await (await owner.fetch(`/api/tracks/${outcome.trackId}`)).json()) as Track;
		expect(track.coverUrl).toBeUndefined();
		expect(track.title.length).toBeLessThanOrEqual(500);
	});
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
const tinyFrame = Buffer.from('TXXX\0\0\0\x02\0\0\x03a', 'latin1');

/** Says 200 MB and brings none of them. */
function overlongTag(): Bytes {
	return text('ID3\x04\0\0\x5f\x5f\x5f\x5f');
}

/** A PNG whose head says 30,000 by 30,000. */
function pictureBomb(): Bytes {
	return new Uint8Array(
		Buffer.from('89504e470d0a1a0a0000000d4948445200007530000075300802000000c1d55bb1', 'hex')
	);
}
