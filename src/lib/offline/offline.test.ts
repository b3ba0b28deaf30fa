import { expect, test } from 'vitest';
import { Keeper, KEPT_CACHE, type Wanted } from './kept.ts';
import { partOf } from './range.ts';

const file = new Blob(['0123456789'], { type: 'audio/mpeg' });
const part = async (range: string | null) => {
	const response = partOf(file, new Headers({ 'content-type': 'audio/mpeg' }), range);
	return [response.status, response.headers.get('content-range'), await response.text()];
};

test('a kept file answers as a server does, whole and in parts', async () => {
	expect(await part(null)).toEqual([200, null, '0123456789']);
	expect(await part('bytes=0-')).toEqual([206, 'bytes 0-9/10', '0123456789']);
	expect(await part('bytes=3-5')).toEqual([206, 'bytes 3-5/10', '345']);
	expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
	expect(await part('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89']);
	expect(await part('bytes=10-')).toEqual([416, 'bytes */10', '']);
	for (const none of ['bytes=-', 'bytes=5-3', 'bytes=0-1,4-5', 'lines=1-2']) {
		expect(await part(none), none).toEqual([200, null, '0123456789']);
	}
});

/** Caches in memory; a browser's know more. */
function memory() {
	const entries = new Map<string, Response>();
	const cache = {
		match: async (url: string) => entries.get(url)?.clone(),
		put: async (url: string, response: Response) => void entries.set(url, response),
		delete: async (url: string) => entries.delete(url)
	} as unknown as Cache;
	const open = async (name: string) => {
		expect(name).toBe(KEPT_CACHE);
		return cache;
	};
	return { entries, caches: { open } };
}

const release = (id: string, media: string[]): Wanted => ({
	...{ id, path: `/releases/${id}`, title: id, artist: 'Ada', media },
	assets: ['/_app/immutable/start.js']
});

function serving(files: Record<string, string>): typeof fetch {
	return async (input) => {
		const text = files[String(input)];
		return text === undefined
			? new Response(null, { status: 404 })
			: new Response(text, { headers: { 'content-type': 'text/html' } });
	};
}

const FILES = {
	'/releases/a': '<link href="../_app/immutable/page.css">',
	'/releases/a/__data.json': '{}',
	'/releases/b': '',
	'/releases/b/__data.json': '{}',
	'/_app/immutable/start.js': 's',
	'/_app/immutable/page.css': 'p',
	'/media/tracks/1/stream': 'one',
	'/media/covers/c/512.webp': 'cover'
};

test('a release is kept with its page, what the page needs, and its music; another one goes without harming it', async () => {
	const { entries, caches } = memory();
	const keeper = new Keeper({ caches, fetching: serving(FILES) });
	const parts: number[] = [];
	const signal = new AbortController().signal;
	const media = ['/media/covers/c/512.webp', '/media/tracks/1/stream'];
	await keeper.keep(release('a', media), signal, (at) => parts.push(at));
	await keeper.keep(release('b', ['/media/covers/c/512.webp']), signal, () => {});
	expect(parts.at(-1)).toBe(1);
	expect((await keeper.list()).map(({ id }) => id)).toEqual(['a', 'b']);
	expect([...entries.keys()]).toContain('/_app/immutable/page.css');

	await keeper.remove('a');

	expect([...entries.keys()].sort()).toEqual([
		'/_app/immutable/start.js',
		'/media/covers/c/512.webp',
		'/offline/kept.json',
		'/releases/b',
		'/releases/b/__data.json'
	]);
});

test('what cannot be kept whole is not kept at all', async () => {
	const { entries, caches } = memory();
	const keeper = new Keeper({ caches, fetching: serving(FILES) });
	const keeping = keeper.keep(
		release('a', ['/media/tracks/1/stream', '/media/tracks/2/stream']),
		new AbortController().signal,
		() => {}
	);
	await expect(keeping).rejects.toThrow('/media/tracks/2/stream: 404');
	expect(entries.size).toBe(0);
	expect(await keeper.list()).toEqual([]);
});
