import { language } from '#language/language';
import * as v from 'valibot';

/** Holds whatever is kept; it outlives versions of the portal. The service worker reads it and writes nothing. */
export const KEPT_CACHE = 'segue-kept';
/** Under this name the cache holds the list of what is kept. */
const KEPT_LIST = '/offline/kept.json';

export const KeptRelease = v.object({
	id: v.string(),
	/** Of its page. */
	path: v.string(),
	title: v.string(),
	artist: v.string(),
	coverUrl: v.optional(v.string()),
	/** What was fetched for it. */
	bytes: v.number(),
	/** Paths of everything that it needs. */
	urls: v.array(v.string())
});
export type KeptRelease = v.InferOutput<typeof KeptRelease>;
const KeptList = v.array(KeptRelease);

export interface Wanted extends Omit<KeptRelease, 'bytes' | 'urls'> {
	/** Audio, peaks and pictures, in the order in which they are fetched. */
	media: readonly string[];
	/** Scripts and styles that pages of this session use. */
	assets: readonly string[];
}

interface KeeperOptions {
	caches: Pick<CacheStorage, 'open'>;
	fetching?: typeof fetch;
}

/** Keeps releases on this device, asked for one by one. Everything is fetched as a visitor would: it outlives a session. */
export class Keeper {
	readonly #caches: Pick<CacheStorage, 'open'>;
	readonly #fetch: typeof fetch;

	constructor({ caches, fetching = fetch }: KeeperOptions) {
		this.#caches = caches;
		this.#fetch = fetching;
	}

	async list(): Promise<KeptRelease[]> {
		const cache = await this.#caches.open(KEPT_CACHE);
		const stored = await cache.match(KEPT_LIST);
		const { success, output } = v.safeParse(KeptList, await stored?.json().catch(() => null));
		return success ? output : [];
	}

	/**
	 * All of it or nothing: what was fetched of a release that fails, or is given up, goes again.
	 * @param onpart is told how much of it is here, 0 to 1
	 * @throws what `fetch` throws, and Error when an answer is no success
	 */
	async keep(wanted: Wanted, signal: AbortSignal, onpart: (part: number) => void): Promise<void> {
		const { media, assets, ...release } = wanted;
		const cache = await this.#caches.open(KEPT_CACHE);
		const urls: string[] = [];
		let bytes = 0;
		const take = async (url: string, onbytes = (_: number) => {}) => {
			if (urls.includes(url)) return '';
			urls.push(url);
			const known = isUnchanging(url) && (await cache.match(url));
			if (known) return '';
			// Last in line: a page or a song that somebody waits for goes first.
			const init = {
				credentials: 'omit',
				// Without its cookie a request says by itself what the page around it speaks.
				headers: { 'Accept-Language': language() },
				signal,
				priority: 'low',
				cache: 'no-cache'
			} as const;
			const response = await this.#fetch(url, init);
			if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
			const counted = await readAll(response, onbytes);
			bytes += counted.size;
			await cache.put(url, new Response(counted, { headers: copied(response.headers) }));
			return /html/.test(response.headers.get('content-type') ?? '') ? counted.text() : '';
		};
		try {
			const html = await take(release.path);
			await take(`${release.path}/__data.json`);
			const named = html.matchAll(/_app\/immutable\/[\w./-]+\.\w+/g);
			for (const asset of new Set([...assets, ...Array.from(named, ([path]) => `/${path}`)])) {
				await take(asset);
			}
			for (const [n, url] of media.entries()) {
				await take(url, (part) => onpart((n + part) / media.length));
				onpart((n + 1) / media.length);
			}
			const others = (await this.list()).filter(({ id }) => id !== release.id);
			await this.#write(cache, [...others, { ...release, bytes, urls }]);
		} catch (error) {
			await this.#clear(cache, urls, await this.list());
			throw error;
		}
	}

	async remove(id: string): Promise<void> {
		const cache = await this.#caches.open(KEPT_CACHE);
		const all = await this.list();
		const others = all.filter((release) => release.id !== id);
		await this.#write(cache, others);
		await this.#clear(cache, all.find((release) => release.id === id)?.urls ?? [], others);
	}

	#write(cache: Cache, list: readonly KeptRelease[]): Promise<void> {
		return cache.put(KEPT_LIST, Response.json(list));
	}

	/** What another one needs stays. */
	async #clear(cache: Cache, urls: readonly string[], others: readonly KeptRelease[]) {
		const needed = new Set(others.flatMap((release) => release.urls));
		for (const url of urls) if (!needed.has(url)) await cache.delete(url);
	}
}

/** Named by what is in them: the same address never holds anything else. */
function isUnchanging(url: string): boolean {
	return url.startsWith('/_app/immutable/') || url.startsWith('/media/covers/');
}

async function readAll(response: Response, onpart: (part: number) => void): Promise<Blob> {
	const type = response.headers.get('content-type') ?? '';
	const size = Number(response.headers.get('content-length') ?? 0);
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let read = 0;
	const reader = response.body?.getReader();
	for (;;) {
		const { done, value } = (await reader?.read()) ?? { done: true };
		if (done || !value) break;
		chunks.push(value);
		read += value.length;
		if (size > 0) onpart(Math.min(1, read / size));
	}
	return new Blob(chunks, { type });
}

/** What the page is told of the file; what was said of the way it came no longer holds. */
function copied(headers: Headers): Headers {
	const kept = new Headers();
	for (const name of ['content-type', 'content-security-policy', 'etag']) {
		const value = headers.get(name);
		if (value !== null) kept.set(name, value);
	}
	return kept;
}
