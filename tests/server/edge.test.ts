import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import { startEdge } from '../support/edge.ts';
import { H2 } from '../support/h2.ts';
import { makeMusic } from '../support/music.ts';
import { freePort, startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let owner: Client;
let h2: H2;
let plain: string;
let song: Uint8Array<ArrayBuffer>;
let track: Track;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
	const started = await startPortal();
	portal = started.portal;
	const [secure, open] = [await freePort(), await freePort()];
	plain = `http://localhost:${open}`;
	const edge = await startEdge({
		appPort: portal.port,
		dataDir: portal.dataDir,
		addresses: [`https://localhost:${secure}`, plain]
	});
	h2 = new H2(`https://localhost:${secure}`);
	closing.push(() => h2.close(), edge.close, started.close);
	owner = await portal.signIn();
	song = await makeMusic({ format: 'flac', seconds: 5, cover: 'olive', hertz: 700 });
	const { trackId } = await owner.outcome(await owner.send('edge.flac', song));
	track = (await (await owner.fetch(`/api/tracks/${trackId}`)).json()) as Track;
});
afterAll(async () => {
	for (const close of closing) await close();
});

test('everything rides HTTP/2', async () => {
	const { status } = await h2.request('GET', '/healthz');

	expect(status).toBe(200);
	expect(h2.protocol).toBe('h2');
});

test('a stream is the very bytes, whole and in ranges, with a strong entity tag', async () => {
	const url = track.streamUrl ?? '';

	const whole = await h2.request('GET', url);
	const middle = await h2.request('GET', url, { headers: { range: 'bytes=1000-1999' } });
	const end = await h2.request('GET', url, { headers: { range: 'bytes=-100' } });
	const beyond = await h2.request('GET', url, { headers: { range: `bytes=${song.length}-` } });
	const head = await h2.request('HEAD', url);

	expect(whole.status).toBe(200);
	expect(whole.body.equals(song)).toBe(true);
	expect(whole.headers['content-type']).toBe('audio/flac');
	expect(whole.headers.etag).toMatch(/^"[^"]+"$/);
	expect(whole.headers['x-accel-redirect']).toBeUndefined();
	expect([middle.status, middle.body.equals(song.subarray(1000, 2000))]).toEqual([206, true]);
	expect([end.status, end.body.equals(song.subarray(-100))]).toEqual([206, true]);
	expect(beyond.status).toBe(416);
	expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
		200,
		String(song.length),
		0
	]);
});

test('a stream that is known already is not sent again', async () => {
	const url = track.streamUrl ?? '';
	const { headers } = await h2.request('GET', url);

	const again = await h2.request('GET', url, { headers: { 'if-none-match': headers.etag ?? '' } });

	expect(again.status).toBe(304);
});

test('covers come as WebP in the sizes that pages use and in no other', async () => {
	const cover = await h2.request('GET', track.coverUrl ?? '');
	const giant = await h2.request('GET', (track.coverUrl ?? '').replace('512', '9999'));

	expect(cover.headers['content-type']).toBe('image/webp');
	expect(cover.body.subarray(8, 12).toString()).toBe('WEBP');
	expect(giant.status).toBe(404);
});

test('what is handed out can do nothing in a page', async () => {
	const { headers } = await h2.request('GET', track.originalUrl ?? '', {
		headers: { cookie: owner.headers['Cookie'] ?? '' }
	});

	expect(headers['content-disposition']).toContain('attachment');
	expect(headers['content-security-policy']).toContain('sandbox');
	expect(headers['x-content-type-options']).toBe('nosniff');
});

test('nobody walks around in the storage', async () => {
	for (const path of ['/segue.db', '/originals/', '/storage/.segue-storage', '/..%2fsegue.db']) {
		const { status } = await h2.request('GET', path);
		expect([path, status]).toEqual([path, 404]);
	}
	const { body } = await h2.request('GET', '/healthz', {
		headers: { 'x-accel-redirect': '/.segue-storage' }
	});
	expect(body.toString()).toBe('{"status":"ok"}');
});

test('pages and code are compressed, audio is not', async () => {
	const [asset = ''] = await readdir(
		new URL('../../build/client/_app/immutable/entry', import.meta.url)
	);
	const headers = { 'accept-encoding': 'gzip' };

	const script = await h2.request('GET', `/_app/immutable/entry/${asset}`, { headers });
	const list = await h2.request('GET', '/api/tracks?limit=200', { headers });
	const stream = await h2.request('GET', track.streamUrl ?? '', { headers });

	expect(script.headers).toMatchObject({
		'content-encoding': 'gzip',
		'cache-control': 'public, max-age=31536000, immutable'
	});
	expect(list.headers['content-encoding']).toBe('gzip');
	expect(stream.headers['content-encoding']).toBeUndefined();
});

test('a refused chunk is answered although its body is still coming', async () => {
	const url = await owner.accepted({ key: 'early', name: 'e.mp3', size: 8_000_000 });

	const { status, body } = await h2.request('PATCH', url, {
		headers: {
			authorization: 'Bearer nobody',
			'tus-resumable': '1.0.0',
			'upload-offset': '0',
			'content-type': 'application/offset+octet-stream'
		},
		body: new Uint8Array(8_000_000)
	});

	expect(status).toBe(401);
	expect(JSON.parse(body.toString())).toMatchObject({ code: 'unauthorized' });
});

test('a second address is served too, without TLS', async () => {
	const response = await fetch(`${plain}/healthz`);

	expect(response.status).toBe(200);
	expect(response.headers.get('Strict-Transport-Security')).toBeNull();
});

test('a page that is asked for while the server restarts waits and arrives', async () => {
	await portal.kill();
	const asked = h2.request('GET', '/api/tracks');

	await portal.start();

	expect((await asked).status).toBe(200);
});
