import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { Client, startPortal, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let stranger: Client;
let next = 0;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	stranger = await secondOwner();
});
afterAll(() => close());

/** Somebody else, invited as an artist. */
async function secondOwner(): Promise<Client> {
	const { runSegue } = await import('../support/segue.ts');
	const env = { DATA_DIR: portal.dataDir };
	await runSegue(['user', 'add', '--email', 'other@portal.test', '--role', 'artist'], env);
	const token = await runSegue(['token', 'create', '--email', 'other@portal.test'], env);
	return new Client(() => portal.origin, { Authorization: `Bearer ${token.trim()}` });
}

const bytes = (length: number) =>
	Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 256) as Uint8Array<ArrayBuffer>;
const newUrl = (size: number) => owner.accepted({ key: `k${next++}`, name: 'a.mp3', size });
const sha256 = (data: Uint8Array) => `sha256 ${createHash('sha256').update(data).digest('base64')}`;
const code = async (response: Response) => ((await response.json()) as { code: string }).code;

/** A PATCH whose body stops halfway, on a wire that stays open. */
async function stalledPatch(url: string, offset: number, announced: number, sent: Uint8Array) {
	const socket = connect(portal.port, '127.0.0.1');
	socket.on('error', () => {});
	socket.write(
		[
			`PATCH ${url} HTTP/1.1`,
			'Host: portal.test',
			`Authorization: Bearer ${owner.token}`,
			'Tus-Resumable: 1.0.0',
			`Upload-Offset: ${offset}`,
			`Content-Length: ${announced}`,
			'Content-Type: application/offset+octet-stream',
			'',
			''
		].join('\r\n')
	);
	socket.write(sent);
	await retryUntil(
		async () => (await owner.upload(url.slice(7))).offset,
		(there) => there === offset + sent.length
	);
	return socket;
}

test('an upload grows by what is sent and answers where it stands', async () => {
	const data = bytes(1000);
	const url = await newUrl(1000);

	const first = await owner.patch(url, 0, data.subarray(0, 400) as Uint8Array<ArrayBuffer>);

	expect(first.status).toBe(204);
	expect(first.headers.get('Upload-Offset')).toBe('400');
	expect(first.headers.get('Tus-Resumable')).toBe('1.0.0');
	expect(await owner.offset(url)).toBe(400);
	expect(await owner.upload(url.slice(7))).toMatchObject({ state: 'sending', offset: 400 });
});

test.each([
	['ahead', '500', 409],
	['behind', '50', 409],
	['huge', '99999999999999999', 400],
	['not a number', 'abc', 400],
	['negative', '-1', 400]
])('an offset that is %s changes nothing', async (_what, offset, status) => {
	const url = await newUrl(1000);
	await owner.patch(url, 0, bytes(100));

	const response = await owner.patch(url, 0, bytes(10), { 'Upload-Offset': offset });

	expect([status, 409]).toContain(response.status);
	expect(await owner.offset(url)).toBe(100);
});

test('more than was announced is refused', async () => {
	const url = await newUrl(100);

	const response = await owner.patch(url, 0, bytes(101));

	expect(response.status).toBe(413);
	expect(await owner.offset(url)).toBe(0);
});

test('a chunk that is not what its checksum says is taken back', async () => {
	const url = await newUrl(1000);
	await owner.patch(url, 0, bytes(100), { 'Upload-Checksum': sha256(bytes(100)) });

	const response = await owner.patch(url, 100, bytes(200), {
		'Upload-Checksum': sha256(bytes(201))
	});

	expect(response.status).toBe(460);
	expect(await code(response)).toBe('checksum_mismatch');
	expect(await owner.offset(url)).toBe(100);
});

test('checksums are offered, and an unknown kind is a bad request', async () => {
	const url = await newUrl(10);
	const options = await owner.tus('OPTIONS', url);

	const response = await owner.patch(url, 0, bytes(10), { 'Upload-Checksum': 'md5 abc=' });

	expect(options.headers.get('Tus-Extension')).toContain('checksum');
	expect(response.status).toBe(400);
	expect(await owner.offset(url)).toBe(0);
});

test('a dead connection lets go of its upload as soon as somebody asks', async () => {
	const url = await newUrl(1000);
	const socket = await stalledPatch(url, 0, 1000, bytes(300));

	const offset = await owner.offset(url);
	const rest = await owner.patch(url, offset, bytes(700));

	expect(offset).toBe(300);
	expect(rest.headers.get('Upload-Offset')).toBe('1000');
	socket.destroy();
});

test('several who ask at once all get the right offset', async () => {
	const url = await newUrl(1000);
	const socket = await stalledPatch(url, 0, 1000, bytes(300));

	const offsets = await Promise.all([owner.offset(url), owner.offset(url), owner.offset(url)]);

	expect(offsets).toEqual([300, 300, 300]);
	socket.destroy();
});

test('a repeated last request is answered, and there is one track', async () => {
	const song = await makeMusic({ format: 'flac' });
	const url = await newUrl(song.length);
	await owner.patch(url, 0, song);
	const { trackId } = await owner.outcome(url.slice(7));

	const again = [
		await owner.patch(url, song.length, bytes(0)),
		await owner.patch(url, song.length, bytes(0))
	];

	expect(again.map(({ status }) => status)).toEqual([204, 204]);
	expect(await owner.offset(url)).toBe(song.length);
	expect(await owner.upload(url.slice(7))).toMatchObject({ state: 'ready', trackId });
	const { tracks } = (await (await owner.fetch('/api/tracks')).json()) as TrackPage;
	expect(tracks.map(({ id }) => id)).toEqual([trackId]);
});

test('chunks that were sent without waiting are stored in their order, whichever comes first', async () => {
	const data = bytes(4000);
	const url = await newUrl(4000);
	const part = (at: number) => data.subarray(at, at + 1000) as Uint8Array<ArrayBuffer>;
	const send = (at: number) =>
		owner.patch(url, at, part(at), {
			'Upload-Checksum': sha256(part(at)),
			...(at > 0 && { 'Segue-Follows': '1' })
		});

	const answers = await Promise.all([send(3000), send(1000), send(2000), send(0)]);

	expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
	expect(answers.map(({ headers }) => headers.get('Upload-Offset'))).toEqual([
		'4000',
		'2000',
		'3000',
		'1000'
	]);
	expect(await owner.offset(url)).toBe(4000);
});

test('behind a chunk that was not what it said nothing is stored', async () => {
	const url = await newUrl(4000);
	const follows = { 'Segue-Follows': '1' };

	const [first, second, third] = await Promise.all([
		owner.patch(url, 0, bytes(1000), { 'Upload-Checksum': sha256(bytes(999)) }),
		owner.patch(url, 1000, bytes(1000), follows),
		owner.patch(url, 2000, bytes(1000), follows)
	]);

	expect([first?.status, second?.status, third?.status]).toEqual([460, 409, 409]);
	expect(await owner.offset(url)).toBe(0);
});

test('an upload that became a track cannot be ended any more', async () => {
	const song = await makeMusic({ format: 'flac', hertz: 500 });
	const url = await newUrl(song.length);
	await owner.patch(url, 0, song);
	await owner.outcome(url.slice(7));

	const response = await owner.tus('DELETE', url);

	expect(response.status).toBe(409);
	expect(await code(response)).toBe('upload_finished');
});

test('a cancelled upload is gone, and so are its bytes', async () => {
	const url = await newUrl(1000);
	await owner.patch(url, 0, bytes(100));

	const response = await owner.tus('DELETE', url);

	expect(response.status).toBe(204);
	expect((await owner.tus('HEAD', url)).status).toBe(404);
	expect((await owner.upload(url.slice(7))).state).toBe('cancelled');
});

test.each(['HEAD', 'PATCH', 'DELETE'])("another's upload is not there for %s", async (method) => {
	const url = await newUrl(100);
	await stranger.register([{ key: 'x', name: 'x.mp3', size: 1 }]);
	const headers = { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };

	const response = await stranger.tus(method, url, {
		headers,
		...(method === 'PATCH' && { body: bytes(10) })
	});

	expect(response.status).toBe(404);
	expect(await owner.offset(url)).toBe(0);
});

test.each([
	['no token', { Authorization: '' }, 401],
	['a token that nobody gave', { Authorization: 'Bearer nonsense' }, 401],
	['no tus version', { 'Tus-Resumable': '' }, 412],
	['another site', { Origin: 'https://elsewhere.test' }, 403]
])('%s is refused', async (_what, headers, status) => {
	const url = await newUrl(100);

	const response = await owner.patch(url, 0, bytes(10), headers);

	expect(response.status).toBe(status);
	expect(response.headers.get('Content-Type')).toBe('application/problem+json');
	expect(await owner.offset(url)).toBe(0);
});

test('a cookie alone never authorises an upload', async () => {
	const url = await newUrl(100);

	const response = await fetch(portal.origin + url, {
		method: 'HEAD',
		headers: { ...owner.headers, 'Tus-Resumable': '1.0.0' }
	});

	expect(response.status).toBe(401);
});

test('uploads are made by registration alone and read by nobody', async () => {
	const url = await newUrl(100);

	expect((await owner.tus('POST', '/files/', { headers: { 'Upload-Length': '5' } })).status).toBe(
		405
	);
	expect((await owner.tus('GET', url)).status).toBe(405);
});

test.each(['/files/', '/files/..%2f..%2fsegue.db', `/files/${'0'.repeat(32)}`, '/files/x?y=1'])(
	'%s is not there',
	async (url) => {
		expect((await owner.tus('HEAD', url)).status).toBe(404);
	}
);
