import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportItems, ImportRecord } from '#contracts/import';
import type { ImportChoices } from '#contracts/import-choices';
import type { LiveMessage } from '#contracts/live';
import type { PlaylistList, PlaylistPage } from '#contracts/playlist';
import type { Track } from '#contracts/track';
import { openAccounts } from '../../server/beside.ts';
import { loadConfig } from '../../server/config.ts';
import { makeLibrary, makeMusic, makePicture, makeSong, variations } from '../support/music.ts';
import { giveFile, Origin } from '../support/origin.ts';
import { Client, startPortal, type TestPortal } from '../support/portal.ts';
import { hasSupysonic, NO_SUPYSONIC, startSupysonic } from '../support/supysonic.ts';
import { retryUntil } from '../support/until.ts';

const ENDED = ['done', 'failed', 'cancelled'];

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let origin: Origin;
let song: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
	origin = await Origin.open();
	({ portal, close } = await startPortal({
		IMPORT_ALLOW_HOSTS: '127.0.0.1',
		REGISTRATION: 'open'
	}));
	owner = await portal.signIn();
	song = await makeMusic({ format: 'mp3', seconds: 2 });
});
afterAll(async () => {
	await close();
	await origin.close();
});

/** Songs whose bytes differ. */
const songs = (names: readonly string[]) =>
	variations(
		song,
		names.map((title, at) => ({ title, artist: `Artist ${title}`, album: `Album ${at}` }))
	);
const order = async (body: unknown, who = owner) => {
	const response = await who.post('/api/imports', body);
	return { status: response.status, ...((await response.json()) as { id: string; url: string }) };
};
const read = async (id: string, who = owner) =>
	(await (await who.fetch(`/api/imports/${id}`)).json()) as ImportRecord;
const ended = (id: string, who = owner) =>
	retryUntil(
		() => read(id, who),
		({ state }) => ENDED.includes(state)
	);
const items = async (id: string, state: string, who = owner) =>
	((await (await who.fetch(`/api/imports/${id}/items?state=${state}`)).json()) as ImportItems)
		.items;
const change = (id: string, action: string, who = owner) =>
	who.fetch(`/api/imports/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ action })
	});
const artist = async (email: string) => {
	const beside = await openAccounts(loadConfig({ DATA_DIR: portal.dataDir }));
	await beside.accounts.add({ email, role: 'artist', name: email, password: 'a-long-enough-one' });
	const Authorization = `Bearer ${await beside.accounts.apiToken(email)}`;
	await beside.close();
	return new Client(() => portal.origin, { Authorization });
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** Whether an original is here, byte for byte. */
const isKept = async (bytes: Uint8Array) => {
	const hash = sha256(bytes);
	const file = path.join(portal.dataDir, 'storage/originals', hash.slice(0, 2), hash);
	return sha256(await readFile(file)) === hash;
};

test('a feed is brought over byte for byte, and the next time only what is new', async () => {
	const [one, two, three] = songs(['Feed one', 'Feed two', 'Feed three']);
	const enclosed = [one!, two!].map((bytes, at) => origin.file(`/feed/${at}.mp3`, bytes));
	const feed = (urls: string[]) => `<?xml version="1.0"?><rss version="2.0"><channel>
		<title>The &amp; Feed</title><itunes:image href="/feed.jpg"/>${urls
			.map(
				(url, at) => `<item><title>Episode &lt;${at}&gt;</title><guid>episode-${at}</guid>
				<enclosure url="${url}?a=1&amp;b=2" type="audio/mpeg" length="9"/></item>`
			)
			.join('')}</channel></rss>`;
	const picture = await makePicture('olive');
	origin.on('/feed.jpg', (_request, response) => response.end(picture));
	let listed = enclosed;
	const url = origin.on('/feed.xml', (_request, response) => response.end(feed(listed)));

	const first = await order({ source: 'feed', url, publish: true });
	const done = await ended(first.id);

	expect(first.status).toBe(202);
	expect(done).toMatchObject({
		...{ state: 'done', label: 'The & Feed' },
		bytes: one!.length + two!.length + picture.length,
		items: { total: 3, done: 3, skipped: 0, failed: 0 }
	});
	const [track] = (await items(first.id, 'ready')).map(({ trackId }) => trackId);
	const { title, coverUrl } = (await (await owner.fetch(`/api/tracks/${track}`)).json()) as Track;
	expect(title).toBe('Episode <0>');
	expect(coverUrl).toMatch(/^\/media\/covers\/[0-9a-f]{64}\/512\.webp$/);
	for (const bytes of [one!, two!]) expect(await isKept(bytes)).toBe(true);
	listed = [...enclosed, origin.file('/feed/2.mp3', three!)];
	const again = await ended((await order({ source: 'feed', url })).id);
	expect(again.items).toEqual({ total: 4, done: 1, skipped: 3, failed: 0 });
	expect(origin.asked('/feed/0.mp3')).toHaveLength(1);
	expect(origin.requests[0]?.agent).toContain('https://localhost:8443');
});

test('a download that breaks in the middle goes on from its byte', async () => {
	const [broken] = songs(['Broken']);
	const half = Math.floor(broken!.length / 2);
	let tries = 0;
	const url = origin.on('/broken.mp3', (request, response) => {
		tries += 1;
		if (tries > 1) return giveFile(request, response, broken!);
		response.writeHead(200, {
			...{ ETag: `"${sha256(broken!).slice(0, 16)}"`, 'Content-Type': 'audio/mpeg' },
			'Content-Length': broken!.length
		});
		// Long enough after its bytes that nothing of them is lost on the way.
		response.write(broken!.subarray(0, half), () => setTimeout(() => response.destroy(), 300));
	});

	const { id } = await order({ source: 'urls', text: url });

	expect((await ended(id)).items).toEqual({ total: 1, done: 1, skipped: 0, failed: 0 });
	expect(origin.asked('/broken.mp3').map(({ range }) => range)).toEqual([null, `bytes=${half}-`]);
});

test('what misbehaves fails by itself, with its reason, and the others come', async () => {
	const [fine, lied] = songs(['Fine', 'Lied']);
	const odd: Record<string, [string, string]> = {
		'/page.mp3': ['text/html', '<h1>Not here</h1>'],
		'/empty.mp3': ['audio/mpeg', '']
	};
	for (const [path, [type, body]] of Object.entries(odd)) {
		origin.on(path, (_request, response) =>
			response.writeHead(200, { 'Content-Type': type }).end(body)
		);
	}
	origin.on('/nested.mp3', (_request, response) =>
		response.writeHead(200, { 'Content-Encoding': 'gzip, gzip' }).end('x')
	);
	origin.on('/large.mp3', (_request, response) => {
		response.writeHead(200, { 'Content-Length': String(10 * 1024 ** 3) });
		response.flushHeaders();
	});
	origin.on('/round.mp3', (_request, response) =>
		response.writeHead(302, { Location: '/round.mp3' }).end()
	);
	origin.on('/inside.mp3', (_request, response) =>
		response.writeHead(302, { Location: 'http://[::1]:80/' }).end()
	);
	origin.on('/secret.mp3', (_request, response) => response.writeHead(401).end());
	// Says that it goes on where it was left, and gives something else.
	let lies = 0;
	origin.on('/lied.mp3', (request, response) => {
		lies += 1;
		const etag = `"${sha256(lied!).slice(0, 16)}"`;
		if (lies === 1) {
			response.writeHead(200, { ETag: etag, 'Content-Length': lied!.length });
			response.write(lied!.subarray(0, 1_000), () => setTimeout(() => response.destroy(), 300));
		} else if (request.headers.range) {
			response.writeHead(206, {
				...{ ETag: etag, 'Content-Length': 10 },
				'Content-Range': `bytes 0-9/${lied!.length}`
			});
			response.end(lied!.subarray(0, 10));
		} else giveFile(request, response, lied!);
	});
	origin.file('/fine.mp3', fine!);
	const paths = [...Object.keys(odd), '/nested.mp3', '/large.mp3', '/round.mp3', '/inside.mp3'];
	const all = [...paths, '/secret.mp3', '/missing.mp3', '/lied.mp3', '/fine.mp3'];
	const text = [...all.map((path) => origin.url + path), 'file:///etc/passwd'].join('\n');

	const { id } = await order({ source: 'urls', text });

	expect((await ended(id)).items).toEqual({ total: 11, done: 2, skipped: 0, failed: 9 });
	const failed = Object.fromEntries(
		(await items(id, 'failed')).map((item) => [item.name, item.code])
	);
	expect(failed).toEqual({
		...{ 'page.mp3': 'not_audio', 'empty.mp3': 'empty_file', 'nested.mp3': 'bomb' },
		...{ 'large.mp3': 'too_large', 'round.mp3': 'too_many_redirects' },
		...{ 'inside.mp3': 'unreachable', 'secret.mp3': 'not_allowed', 'missing.mp3': 'not_there' },
		passwd: 'unreachable'
	});
});

test('paused it rests, killed it goes on from the item and the byte, and news are told', async () => {
	const names = ['K0', 'K1', 'K2', 'K3'];
	const files = songs(names);
	const held = Promise.withResolvers<void>();
	let isHeld = true;
	const texts = files.map((bytes, at) =>
		at < 2
			? origin.file(`/kill/${at}.mp3`, bytes)
			: origin.on(`/kill/${at}.mp3`, (request, response) => {
					if (!isHeld) return giveFile(request, response, bytes);
					response.writeHead(200, {
						...{ ETag: `"${sha256(bytes).slice(0, 16)}"`, 'Content-Type': 'audio/mpeg' },
						'Content-Length': bytes.length
					});
					response.write(bytes.subarray(0, 5_000), () => held.resolve());
				})
	);
	const { seq } = (await (await owner.fetch('/api/live')).json()) as LiveMessage;
	const { id } = await order({ source: 'urls', text: texts.join('\n') });
	await held.promise;
	await retryUntil(
		() => read(id),
		({ items }) => items.done === 2
	);
	expect((await change(id, 'resume')).status).toBe(409);

	await portal.kill();
	isHeld = false;
	await portal.start();

	const after = await ended(id);
	expect(after).toMatchObject({ state: 'done', items: { total: 4, done: 4, failed: 0 } });
	for (const at of [0, 1]) expect(origin.asked(`/kill/${at}.mp3`)).toHaveLength(1);
	expect(origin.requests.filter(({ range }) => range === 'bytes=5000-').length).toBeGreaterThan(0);
	const { events } = (await (await owner.fetch(`/api/live?since=${seq}`)).json()) as LiveMessage;
	const told = events.filter((event) => event.type === 'import_changed');
	expect(told.length).toBeGreaterThan(2);
	expect(told.at(-1)).toMatchObject({ importId: id, state: 'done' });
});

test('two run at once, the others wait in a true line, one place is imported once at a time', async () => {
	const gate = Promise.withResolvers<void>();
	const gated = (path: string, bytes: Uint8Array) =>
		origin.on(path, (request, response) => {
			void gate.promise.then(() => giveFile(request, response, bytes));
		});
	const files = songs(Array.from({ length: 4 }, (_, at) => `Line ${at}`));
	const orders = files.map((bytes, at) => {
		const file = gated(`/line/${at}.mp3`, bytes);
		return origin.on(`/line/${at}.m3u`, (_request, response) => response.end(file));
	});
	const ids: string[] = [];
	for (const url of orders) ids.push((await order({ source: 'urls', url })).id);
	await retryUntil(
		() => read(ids[1]!),
		({ state }) => state === 'running'
	);

	const twice = await order({ source: 'urls', url: orders[0] });
	const waiting = await Promise.all(ids.slice(2).map((id) => read(id)));

	expect(twice).toMatchObject({ status: 409, id: ids[0], code: 'import_running' });
	expect(waiting.map(({ state, position }) => [state, position])).toEqual([
		['queued', 1],
		['queued', 2]
	]);
	expect(waiting[0]?.waitingFor).toContain('yours is next');
	expect((await change(ids[3]!, 'cancel')).status).toBe(200);
	expect((await change(ids[0]!, 'pause')).status).toBe(200);
	expect(await read(ids[0]!)).toMatchObject({ state: 'paused' });
	await retryUntil(
		() => read(ids[2]!),
		({ state }) => state === 'running'
	);
	gate.resolve();
	expect((await change(ids[0]!, 'resume')).status).toBe(200);
	for (const id of ids.slice(0, 3)) expect(await ended(id)).toMatchObject({ state: 'done' });
	expect(await read(ids[3]!)).toMatchObject({ state: 'cancelled', items: { done: 0 } });
});

test(
	'twenty people press Import at once: two run, each of the others knows their place, all end well',
	{ timeout: 120_000 },
	async () => {
		const PEOPLE = 20;
		const beside = await openAccounts(loadConfig({ DATA_DIR: portal.dataDir }));
		const people: Client[] = [];
		for (let at = 0; at < PEOPLE; at += 1) {
			const email = `fan${at}@portal.test`;
			await beside.accounts.add({
				email,
				role: 'artist',
				name: email,
				password: 'a-long-enough-one'
			});
			const Authorization = `Bearer ${await beside.accounts.apiToken(email)}`;
			people.push(new Client(() => portal.origin, { Authorization }));
		}
		await beside.close();
		const served = new Set<number>();
		let most = 0;
		const gate = Promise.withResolvers<void>();
		const files = await Promise.all(people.map((_, at) => makeSong({ title: `Crowd ${at}` })));
		const feeds = files.map((bytes, at) => {
			const url = origin.on(`/crowd/${at}.mp3`, (request, response) => {
				served.add(at);
				most = Math.max(most, served.size);
				response.on('close', () => served.delete(at));
				void gate.promise.then(() => giveFile(request, response, bytes));
			});
			const item = `<item><title>${at}</title><guid>${at}</guid><enclosure url="${url}"/></item>`;
			const text = `<rss version="2.0"><channel><title>Of ${at}</title>${item}</channel></rss>`;
			return origin.on(`/crowd/${at}.xml`, (_request, response) => response.end(text));
		});

		const ids = await Promise.all(
			people.map(async (who, at) => (await order({ source: 'feed', url: feeds[at] }, who)).id)
		);
		await retryUntil(
			() => served.size,
			(size) => size === 2
		);
		const then = await Promise.all(people.map((who, at) => read(ids[at]!, who)));
		gate.resolve();
		const ends: ImportRecord[] = [];
		for (const [at, who] of people.entries()) ends.push(await ended(ids[at]!, who));

		const waiting = then.flatMap(({ position }, at) =>
			position === undefined ? [] : [{ position, at }]
		);
		waiting.sort((a, b) => a.position - b.position);
		expect(then.filter(({ state }) => state === 'running')).toHaveLength(2);
		expect(waiting.map(({ position }) => position)).toEqual(
			Array.from({ length: PEOPLE - 2 }, (_, at) => at + 1)
		);
		for (const end of ends)
			expect(end).toMatchObject({ state: 'done', items: { done: 1, failed: 0 } });
		expect(most).toBe(2);
		// The places were true: so they were served. Two that begin together may ask in either order.
		const begun = origin.requests.map(({ path }) => /^\/crowd\/(\d+)\.xml$/.exec(path)?.[1]);
		const inTurn = begun.filter((at) => at !== undefined).map(Number);
		for (const { position, at } of waiting) {
			expect(Math.abs(inTurn.indexOf(at) - 1 - position)).toBeLessThanOrEqual(1);
		}
	}
);

test('what a server offers is bounded, its errors are told in our words, and inside nothing is asked', async () => {
	const hostile = '<img src=x onerror=alert(1)>';
	const artist = Array.from({ length: 20_001 }, (_, at) => ({ id: at, name: hostile }));
	const says = (answer: object) =>
		JSON.stringify({ 'subsonic-response': { status: 'ok', ...answer } });
	const answers: Record<string, string> = {
		'/big/rest/getArtists.view': says({ artists: { index: [{ name: '#', artist }] } }),
		'/big/rest/getPlaylists.view': says({ playlists: {} }),
		'/page/rest/getArtists.view': '<h1>Secret words</h1>',
		'/refused/rest/getArtists.view': says({ status: 'failed', error: { code: 40, message: 'x' } })
	};
	for (const [path, body] of Object.entries(answers)) {
		origin.on(path, (_request, response) => response.end(body));
	}
	origin.on('/away/rest/getArtists.view', (_request, response) =>
		response.writeHead(302, { Location: 'http://[::1]:80/' }).end()
	);
	const access = { source: 'subsonic', username: 'ada', password: 'her secret' };
	const ask = async (url: string, who = owner) => {
		const response = await who.post('/api/imports/choices', { ...access, url });
		return { status: response.status, text: await response.text() };
	};

	const big = JSON.parse((await ask(`${origin.url}/big`)).text) as ImportChoices;
	const refused = await Promise.all(
		['/page', '/refused', '/away'].map((path) => ask(origin.url + path))
	);
	const stranger = await ask(`${origin.url}/big`, portal.visitor);
	const guesses = [];
	for (let at = 0; at < 10; at += 1) guesses.push((await ask(`${origin.url}/refused`)).status);

	expect(big).toMatchObject({ isCut: true, playlists: [] });
	expect(big.artists).toHaveLength(20_000);
	expect(big.artists[0]).toEqual({ id: '0', name: hostile });
	expect(refused.map(({ status }) => status)).toEqual([422, 422, 422]);
	expect(refused.map(({ text }) => (JSON.parse(text) as { reason: string }).reason)).toEqual([
		...['not_understood', 'wrong_credentials', 'unreachable']
	]);
	for (const { text } of refused) expect(text).not.toMatch(/Secret|127\.0|::1|her secret/);
	expect(stranger.status).toBe(401);
	expect(guesses).toEqual([...Array<number>(9).fill(422), 429]);
	expect(portal.output).not.toContain('her secret');
});

test('an import is nobody else’s, and a stranger’s order is none', async () => {
	const { id } = await order({ source: 'urls', text: `${origin.url}/nothing.mp3` });

	const answers = await Promise.all([
		portal.visitor.fetch(`/api/imports/${id}`),
		portal.visitor.post('/api/imports', { source: 'urls', text: 'x' }),
		owner.post('/api/imports', { source: 'urls' }),
		owner.post('/api/imports', { source: 'gopher', url: 'gopher://x' }),
		owner.fetch('/api/imports/0123')
	]);

	expect(answers.map(({ status }) => status)).toEqual([401, 401, 400, 400, 404]);
	await ended(id);
});

test(
	'a library moves from a Subsonic server byte for byte, with a restart in the middle',
	{ timeout: 120_000 },
	async ({ skip }) => {
		skip(!hasSupysonic, NO_SUPYSONIC);
		const folder = await mkdtemp(path.join(tmpdir(), 'segue-supysonic-'));
		const library = await makeLibrary(path.join(folder, 'music'));
		const size = library.reduce((sum, { length }) => sum + length, 0);
		const supysonic = await startSupysonic(folder, path.join(folder, 'music'));
		try {
			const { url, username, password } = supysonic;
			const ask = { source: 'subsonic', url, username, password };

			const { id } = await order(ask);
			const before = await retryUntil(
				() => read(id),
				({ bytes, state }) => bytes > 0 || ENDED.includes(state)
			);
			supysonic.hold();
			await portal.kill();
			supysonic.goOn();
			await portal.start();
			const done = await ended(id);
			const again = await ended((await order(ask)).id);

			expect(before).toMatchObject({ state: 'running', items: { total: library.length } });
			expect(before.bytes).toBeLessThan(size);
			expect(done).toMatchObject({
				...{ state: 'done', bytes: size },
				items: { total: library.length, done: library.length, skipped: 0, failed: 0 }
			});
			for (const bytes of library) expect(await isKept(bytes)).toBe(true);
			expect(again.items).toEqual({
				...{ total: library.length, done: 0 },
				...{ skipped: library.length, failed: 0 }
			});
			const wrong = await ended((await order({ ...ask, password: 'another' })).id);
			expect(wrong).toMatchObject({ state: 'failed', code: 'wrong_credentials' });
			for (const name of ['segue.db', 'segue.db-wal']) {
				const database = await readFile(path.join(portal.dataDir, name));
				expect(database.includes(password)).toBe(false);
			}
		} finally {
			await supysonic.close();
			await rm(folder, { recursive: true, force: true });
		}
	}
);

test(
	'playlists and covers come from a Subsonic server, and change here when they change there',
	{ timeout: 90_000 },
	async ({ skip }) => {
		skip(!hasSupysonic, NO_SUPYSONIC);
		const folder = await mkdtemp(path.join(tmpdir(), 'segue-supysonic-'));
		const titles = ['C1', 'C2', 'C3', 'E1'];
		const tags = titles.map((title, at) => ({
			...{ title, artist: 'Bea', album: at < 3 ? 'Coast' : 'Ebb', track: String(at + 1) }
		}));
		for (const [at, bytes] of variations(song, tags).entries()) {
			const where = path.join(folder, 'music', tags[at]!.album);
			await mkdir(where, { recursive: true });
			await writeFile(path.join(where, `${titles[at]}.mp3`), bytes);
		}
		await writeFile(path.join(folder, 'music/Coast/cover.jpg'), await makePicture('teal'));
		const supysonic = await startSupysonic(folder, path.join(folder, 'music'));
		const bea = await artist('bea@portal.test');
		try {
			const { url, username, password } = supysonic;
			const ask = { source: 'subsonic', url, username, password };
			const songs = (await supysonic.ask('search3', { query: 'C', songCount: '20' })).searchResult3!
				.song as { id: string; title: string; albumId: string; artistId: string }[];
			const [ebb] = (await supysonic.ask('search3', { query: 'E1' })).searchResult3!
				.song as typeof songs;
			const idOf = (title: string) =>
				[...songs, ebb!].find((each) => each.title === title)?.id ?? title;
			const mix = ['C2', 'E1', 'C1', 'C2'].map(idOf);
			await supysonic.ask('createPlaylist', { name: 'Mix', songId: mix });
			const kept = async () => {
				const { playlists } = (await (await bea.fetch('/api/playlists')).json()) as PlaylistList;
				const pages = await Promise.all(
					playlists.map(async ({ id }) => {
						const page = (await (await bea.fetch(`/api/playlists/${id}`)).json()) as PlaylistPage;
						return { ...page, titles: page.items.map(({ title }) => title) };
					})
				);
				return pages;
			};

			const choices = async (more = {}) => {
				const response = await bea.post('/api/imports/choices', { ...ask, ...more });
				return (await response.json()) as ImportChoices;
			};
			const offered = await choices();
			const ofBea = await choices({ artist: ebb!.artistId });
			expect(offered).toMatchObject({
				...{ artists: [{ name: 'Bea', count: 2 }], albums: [], isCut: false },
				playlists: [{ name: 'Mix', count: 4 }]
			});
			expect(ofBea.albums.map(({ name, count }) => [name, count]).sort()).toEqual([
				...[
					['Coast', 3],
					['Ebb', 1]
				]
			]);
			expect(await choices({ password: 'another' })).toMatchObject({
				...{ code: 'source_refused', reason: 'wrong_credentials' }
			});

			const first = await ended((await order(ask, bea)).id, bea);

			expect(first).toMatchObject({
				...{ state: 'done', playlists: 1 },
				items: { total: 5, done: 5, failed: 0 }
			});
			expect(await kept()).toMatchObject([
				{ name: 'Mix', visibility: 'private', titles: ['C2', 'E1', 'C1', 'C2'] }
			]);
			const { tracks } = (await (await bea.fetch('/api/tracks?q=Bea')).json()) as {
				tracks: Track[];
			};
			const covers = tracks.map(({ title, coverUrl }) => [title, coverUrl !== undefined]);
			expect(Object.fromEntries(covers)).toEqual({ C1: true, C2: true, C3: true, E1: false });

			const { playlist } = (await supysonic.ask('getPlaylists', {})).playlists!;
			const [{ id: mixId }] = playlist as [{ id: string }];
			const changed = ['E1', 'C2', 'C3'].map(idOf);
			await supysonic.ask('createPlaylist', { playlistId: mixId, songId: changed });
			const chosen = { ...ask, playlists: [mixId], albums: [ebb!.albumId] };
			const second = await ended((await order(chosen, bea)).id, bea);

			expect(second.items).toMatchObject({ done: 0, failed: 0 });
			expect(await kept()).toMatchObject([{ name: 'Mix', titles: ['E1', 'C2', 'C3'] }]);
			const ofArtist = await order({ ...ask, artists: [ebb!.artistId] }, bea);
			expect((await ended(ofArtist.id, bea)).items).toMatchObject({ total: 5, skipped: 5 });
		} finally {
			await supysonic.close();
			await rm(folder, { recursive: true, force: true });
		}
	}
);
