import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Track, TrackPage } from '#contracts/track';
import { makeMusic, makePicture } from '../support/music.ts';
import { type Client, startPortal, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
});
afterAll(() => close());

const problem = async (response: Response) => {
	expect(response.headers.get('Content-Type')).toBe('application/problem+json');
	return (await response.json()) as { code: string; status: number; requestId: string };
};
const track = async (client: Client, id: string | undefined) =>
	(await (await client.fetch(`/api/tracks/${id}`)).json()) as Track;

describe('signing in', () => {
	test('a right password gives a cookie that scripts cannot read', async () => {
		const response = await portal.visitor.post('/api/session', {
			email: 'OWNER@portal.test',
			password: 'correct-horse-battery'
		});

		expect(response.status).toBe(204);
		expect(response.headers.get('Set-Cookie')).toMatch(/^segue_session=[^;]+;.*HttpOnly/i);
		expect(response.headers.get('Set-Cookie')).toMatch(/SameSite=Lax/i);
	});

	test('a wrong password and an unknown address get the same answer', async () => {
		const wrong = await portal.visitor.post('/api/session', {
			email: 'owner@portal.test',
			password: 'nothing-like-it'
		});
		const unknown = await portal.visitor.post('/api/session', {
			email: 'nobody@portal.test',
			password: 'nothing-like-it'
		});

		expect([wrong.status, unknown.status]).toEqual([401, 401]);
		expect((await problem(wrong)).code).toBe('wrong_credentials');
		expect((await problem(unknown)).code).toBe('wrong_credentials');
	});

	test('a session that was signed out stands for nobody', async () => {
		const client = await portal.signIn();

		await client.fetch('/api/session', { method: 'DELETE' });

		expect((await client.fetch('/api/uploads')).status).toBe(401);
	});

	test('a request that another site sends with our cookie is refused', async () => {
		const response = await owner.fetch('/api/uploads', {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', Origin: 'https://elsewhere.test' },
			body: '{"files":[]}'
		});

		expect(response.status).toBe(403);
		expect((await problem(response)).code).toBe('foreign_origin');
	});
});

describe('registering', () => {
	test('each file gets its own answer, in the order asked', async () => {
		const answers = await owner.register([
			{ key: 'r1', name: 'empty.mp3', size: 0 },
			{ key: 'r2', name: 'holiday.jpg', size: 10, type: 'image/jpeg' },
			{ key: 'r3', name: 'notes.txt', size: 10, type: 'text/plain' },
			{ key: 'r4', name: 'huge.flac', size: 3_000_000_000 },
			{ key: 'r5', name: 'song.flac', size: 10 },
			{ key: 'r6', name: 'album.cue', size: 10 }
		]);

		expect(answers).toEqual([
			{ key: 'r1', outcome: 'refused', code: 'empty_file' },
			{ key: 'r2', outcome: 'refused', code: 'not_audio' },
			{ key: 'r3', outcome: 'refused', code: 'not_audio' },
			{ key: 'r4', outcome: 'refused', code: 'too_large' },
			{
				key: 'r5',
				outcome: 'accepted',
				id: expect.stringMatching(/^[0-9a-f]{32}$/),
				url: expect.stringMatching(/^\/files\/[0-9a-f]{32}$/)
			},
			{ key: 'r6', outcome: 'refused', code: 'not_used' }
		]);
	});

	test('the same key twice is one upload, also within one request', async () => {
		const file = { key: 'twice', name: 'song.mp3', size: 10 };

		const [first, twin] = await owner.register([file, file]);
		const [again] = await owner.register([file]);

		expect(twin).toEqual(first);
		expect(again).toEqual(first);
	});

	test('a name that holds a path or nothing but signs is kept as plain text', async () => {
		const url = await owner.accepted({ key: 'path', name: '../../../etc/song.mp3', size: 4 });
		const emoji = await owner.accepted({
			key: 'emoji',
			name: `${'🎧'.repeat(400)}.mp3`,
			type: 'audio/mpeg',
			size: 4
		});

		expect((await owner.upload(url.slice(7))).name).toBe('song.mp3');
		expect((await owner.upload(emoji.slice(7))).name.isWellFormed()).toBe(true);
	});

	test.each([
		['no files', { files: [] }],
		['a negative size', { files: [{ key: 'a', name: 'a.mp3', size: -1 }] }],
		['half a byte', { files: [{ key: 'a', name: 'a.mp3', size: 0.5 }] }],
		['a list', []],
		['201 files', { files: Array(201).fill({ key: 'a', name: 'a.mp3', size: 1 }) }]
	])('%s is a bad request', async (_what, body) => {
		const response = await owner.post('/api/uploads', body);

		expect(response.status).toBe(400);
		expect((await problem(response)).code).toBe('bad_request');
	});

	test('nobody registers without signing in', async () => {
		const response = await portal.visitor.post('/api/uploads', {
			files: [{ key: 'a', name: 'a.mp3', size: 1 }]
		});

		expect(response.status).toBe(401);
	});
});

describe('sending', () => {
	test('an MP3 becomes a track with its tags and cover, and the edge is told what to send', async () => {
		const bytes = await makeMusic({
			format: 'mp3',
			hertz: 300,
			tags: {
				title: 'Harbour',
				artist: 'Ada',
				album: 'Coast',
				track: '3/9',
				disc: '1',
				date: '2019'
			},
			cover: 'teal',
			args: ['-id3v2_version', '3']
		});

		const id = await owner.send('03 whatever.mp3', bytes);
		const { state, trackId } = await owner.outcome(id);

		expect(state).toBe('ready');
		const made = await track(portal.visitor, trackId);
		expect(made).toMatchObject({
			title: 'Harbour',
			artist: 'Ada',
			release: 'Coast',
			trackNumber: 3,
			discNumber: 1,
			year: 2019,
			state: 'ready',
			format: 'MP3'
		});
		expect(made.coverColor).toMatch(/^#[0-9a-f]{6}$/);
		const stream = await portal.visitor.fetch(made.streamUrl ?? '');
		expect(stream.headers.get('Content-Type')).toBe('audio/mpeg');
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		expect(stream.headers.get('X-Accel-Redirect')).toBe(
			`/originals/${sha256.slice(0, 2)}/${sha256}`
		);
		const cover = await portal.visitor.fetch(made.coverUrl ?? '');
		expect(cover.headers.get('X-Accel-Redirect')).toMatch(/^\/covers\/.*-512\.webp$/);
	});

	test('what browsers cannot play is streamed as AAC', async () => {
		const id = await owner.send(
			'05 - Quiet Room.wav',
			await makeMusic({ format: 'wav', hertz: 310 })
		);
		const { trackId } = await owner.outcome(id);

		const made = await track(owner, trackId);
		expect(made).toMatchObject({
			title: 'Quiet Room',
			trackNumber: 5,
			format: 'WAV',
			release: null
		});
		const stream = await owner.fetch(made.streamUrl ?? '');
		expect(stream.headers.get('Content-Type')).toBe('audio/mp4');
		expect(stream.headers.get('X-Accel-Redirect')).toMatch(/^\/renditions\//);
	});

	test.each(['flac', 'ogg', 'opus', 'm4a', 'aiff'] as const)('%s plays', async (format) => {
		const id = await owner.send(`tone.${format}`, await makeMusic({ format, hertz: 320 }));

		expect((await owner.outcome(id)).state).toBe('ready');
	});

	test('the same bytes again are a duplicate of the first track', async () => {
		const bytes = await makeMusic({ format: 'flac', hertz: 333 });
		const first = await owner.outcome(await owner.send('one.flac', bytes));

		const second = await owner.outcome(await owner.send('two.flac', bytes));
		const announced = await owner.register([
			{
				key: 'announced',
				name: 'three.flac',
				size: bytes.length,
				sha256: createHash('sha256').update(bytes).digest('hex')
			}
		]);

		expect(second).toMatchObject({ state: 'duplicate', trackId: first.trackId });
		expect(announced).toEqual([{ key: 'announced', outcome: 'duplicate', trackId: first.trackId }]);
	});

	test.each([
		['text', Buffer.from('just words, nothing else\n'.repeat(20)), 'not_audio'],
		['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/passwd\n'), 'not_audio'],
		['a cut flac', Buffer.from('fLaC\0\0\0'), 'unreadable']
	])('%s named .mp3 fails with a reason', async (_what, bytes, code) => {
		const id = await owner.send('liar.mp3', new Uint8Array(bytes));

		expect(await owner.outcome(id)).toMatchObject({ state: 'failed', code });
	});

	test('a file that failed may be tried again under the same key', async () => {
		const file = { key: 'again', name: 'again.mp3', size: 300 };
		const first = await owner.accepted(file);
		await owner.patch(first, 0, new Uint8Array(300));
		await owner.outcome(first.slice(7));

		const second = await owner.accepted(file);

		expect(second).not.toBe(first);
	});

	test('a folder without an album tag is a release, with the picture that lies in it', async () => {
		const song = await makeMusic({ format: 'wav', hertz: 340 });
		await owner.outcome(await owner.send('01 One.wav', song, { path: 'Night Album/01 One.wav' }));

		const picture = await owner.send('cover.jpg', await makePicture('red'), {
			path: 'Night Album/cover.jpg'
		});

		expect((await owner.outcome(picture)).state).toBe('ready');
		const { tracks } = (await (await owner.fetch('/api/tracks?q=One')).json()) as TrackPage;
		const [first] = tracks.filter((candidate) => candidate.release === 'Night Album');
		expect(first?.coverUrl).toMatch(/^\/media\/covers\//);
	});
});

describe('drafts', () => {
	test('a draft is there for its artist and for nobody else', async () => {
		const id = await owner.send('secret.flac', await makeMusic({ format: 'flac', hertz: 350 }), {
			publish: false
		});
		const { trackId } = await owner.outcome(id);
		const draft = await track(owner, trackId);

		expect(draft.visibility).toBe('draft');
		expect((await owner.fetch(draft.streamUrl ?? '')).status).toBe(200);
		expect((await portal.visitor.fetch(draft.streamUrl ?? '')).status).toBe(404);
		expect((await portal.visitor.fetch(`/api/tracks/${trackId}`)).status).toBe(404);
		const { tracks } = (await (
			await portal.visitor.fetch('/api/tracks?limit=200')
		).json()) as TrackPage;
		expect(tracks.map((each) => each.id)).not.toContain(trackId);
	});

	test('what was uploaded is handed back to its artist alone', async () => {
		const bytes = await makeMusic({ format: 'flac', hertz: 355 });
		const { trackId } = await owner.outcome(await owner.send('täck “one”.flac', bytes));

		const mine = await owner.fetch(`/media/tracks/${trackId}/original`);
		const theirs = await portal.visitor.fetch(`/media/tracks/${trackId}/original`);

		expect(mine.headers.get('Content-Disposition')).toContain("filename*=UTF-8''t%C3%A4ck%20");
		expect(theirs.status).toBe(404);
	});
});

describe('lists', () => {
	test('pages follow one another without a gap or a repeat', async () => {
		const all: string[] = [];
		for (let cursor: string | null = ''; cursor !== null;) {
			const response = await owner.fetch(`/api/tracks?limit=3&cursor=${cursor}`);
			const page = (await response.json()) as TrackPage;
			expect(page.tracks.length).toBeLessThanOrEqual(3);
			all.push(...page.tracks.map(({ id }) => id));
			cursor = page.next;
		}

		const whole = (await (await owner.fetch('/api/tracks?limit=200')).json()) as TrackPage;
		expect(all).toEqual(whole.tracks.map(({ id }) => id));
		expect(new Set(all).size).toBe(all.length);
	});

	test.each(['%', '_', "'", '" OR 1=1', 'a'.repeat(5000), '\\'])(
		'a search for %j is a search and never an error',
		async (query) => {
			const response = await portal.visitor.fetch(`/api/tracks?q=${encodeURIComponent(query)}`);

			expect(response.status).toBe(200);
		}
	);

	test('a limit that is no number is a bad request, and 200 is the most', async () => {
		expect((await owner.fetch('/api/tracks?limit=many')).status).toBe(400);
		expect((await owner.fetch('/api/tracks?limit=100000')).status).toBe(200);
	});

	test('changes after a cursor are those alone', async () => {
		const before = (await (await owner.fetch('/api/uploads')).json()) as { cursor: string };
		const url = await owner.accepted({ key: 'later', name: 'later.mp3', size: 12 });

		const after = await owner.fetch(`/api/uploads?since=${before.cursor}`);

		const { uploads } = (await after.json()) as { uploads: { id: string; state: string }[] };
		expect(uploads).toEqual([
			expect.objectContaining({ id: url.slice(7), state: 'waiting', offset: 0 })
		]);
	});
});

test('an unknown address under /api is a problem, not a page', async () => {
	const response = await portal.visitor.fetch('/api/nothing-here');

	expect(response.status).toBe(404);
	expect((await problem(response)).requestId).toMatch(/^[0-9a-f]{16}$/);
});

test('the server says that it lives and that it is ready', async () => {
	expect((await portal.visitor.fetch('/healthz')).status).toBe(200);
	const ready = await portal.visitor.fetch('/readyz');
	expect(await ready.json()).toMatchObject({ status: 'ok' });
	expect((await portal.visitor.fetch('/metrics')).status).toBe(404);
});
