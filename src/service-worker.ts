import { version } from '$service-worker';
import { KEPT_CACHE } from './lib/offline/kept.ts';
import { partOf } from './lib/offline/range.ts';

/** What of a service worker is used here; the pages' library of types does not know them. */
interface Lasting extends Event {
	waitUntil(work: Promise<unknown>): void;
}
interface Installing extends Lasting {
	addRoutes?(rules: readonly object[]): Promise<void>;
}
interface Asking extends Lasting {
	readonly request: Request;
	readonly preloadResponse: Promise<Response | undefined>;
	respondWith(answer: Promise<Response>): void;
}
interface Worker {
	readonly location: Location;
	readonly registration: ServiceWorkerRegistration;
	readonly clients: { claim(): Promise<void> };
	addEventListener(type: 'install', listener: (event: Installing) => void): void;
	addEventListener(type: 'activate', listener: (event: Lasting) => void): void;
	addEventListener(type: 'fetch', listener: (event: Asking) => void): void;
	addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}
const worker = self as unknown as Worker;

const SHELL = `segue-shell-${version}`;
const OFFLINE_PAGE = '/offline.html';
const SHELL_FILES = [OFFLINE_PAGE, '/offline.js', '/mark.svg'];
/** Uploads, the API, the socket, frames and feeds are never ours: not read, not kept, not slowed. */
const OTHERS = /^\/(files|api|live|embed|feeds|oembed|healthz|readyz|metrics)(\/|$)/;
const TRACK = /^\/media\/tracks\/([0-9a-f]{32})\/(stream|aac|opus)$/;

/** Paths of what is kept on this device. Null until they are read: a worker ends and begins as the browser likes. */
let kept: Set<string> | null = null;
const readKept = async () => {
	const keys = await caches.open(KEPT_CACHE).then((cache) => cache.keys());
	return (kept = new Set(keys.map(({ url }) => new URL(url).pathname)));
};
void readKept();

worker.addEventListener('install', (event) => {
	// The browser sends these on without so much as starting a worker.
	const direct = ['/files/*', '/api/*', '/live'].map((pathname) => ({
		condition: { urlPattern: { pathname } },
		source: 'network'
	}));
	event.waitUntil(
		Promise.all([
			event.addRoutes?.(direct).catch(() => {}), // not every browser has them
			caches.open(SHELL).then((cache) => cache.addAll(SHELL_FILES))
		])
	);
	// No skipWaiting: a tab keeps the worker that it began with, whatever is deployed meanwhile.
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(
		Promise.all([
			caches.keys().then((names) => {
				const old = names.filter((name) => name.startsWith('segue-shell-') && name !== SHELL);
				return Promise.all(old.map((name) => caches.delete(name)));
			}),
			// The page is asked for while the worker starts.
			worker.registration.navigationPreload?.enable()
		])
	);
});

worker.addEventListener('message', (event) => {
	if (event.data === 'kept-changed') void readKept();
	// Somebody keeps a release in the first visit: from now on it plays from here.
	if (event.data === 'claim') void worker.clients.claim();
});

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== 'GET' || origin !== worker.location.origin || OTHERS.test(pathname))
		return;
	if (request.mode === 'navigate') return event.respondWith(navigate(event, pathname));
	if (SHELL_FILES.includes(pathname)) return event.respondWith(fresh(request, SHELL));
	// What is not kept here is not touched. Until that is known, what may be kept is looked up.
	if (kept ? !isKept(pathname, kept) : !mayBeKept(pathname)) return;
	event.respondWith(TRACK.test(pathname) ? sound(request, pathname) : file(request, pathname));
});

/** From the network, always; without one the page that was kept, or the one that says so. */
async function navigate({ request, preloadResponse }: Asking, pathname: string): Promise<Response> {
	try {
		return (await preloadResponse) ?? (await fetch(request));
	} catch (error) {
		const cache = await caches.open(KEPT_CACHE);
		const page = (await cache.match(pathname)) ?? (await caches.match(OFFLINE_PAGE));
		if (page) return page;
		throw error;
	}
}

async function fresh(request: Request, name: string): Promise<Response> {
	try {
		return await fetch(request);
	} catch (error) {
		const cache = await caches.open(name);
		const stored = await cache.match(request, { ignoreSearch: true });
		if (stored) return stored;
		throw error;
	}
}

/** Built assets and covers never change; what a page says does. */
async function file(request: Request, pathname: string): Promise<Response> {
	if (pathname.endsWith('.json')) return fresh(request, KEPT_CACHE);
	const cache = await caches.open(KEPT_CACHE);
	return (await cache.match(pathname)) ?? fetch(request);
}

/** A song in whatever encoding is kept, when the one that is asked for is not to be had. */
async function sound(request: Request, pathname: string): Promise<Response> {
	const cache = await caches.open(KEPT_CACHE);
	const exact = await cache.match(pathname);
	if (exact) return partOf(await exact.blob(), exact.headers, request.headers.get('range'));
	try {
		return await fetch(request);
	} catch (error) {
		const [, id] = TRACK.exec(pathname) ?? [];
		for (const kind of ['stream', 'aac', 'opus']) {
			const other = await cache.match(`/media/tracks/${id}/${kind}`);
			if (other) return partOf(await other.blob(), other.headers, request.headers.get('range'));
		}
		throw error;
	}
}

function isKept(pathname: string, all: ReadonlySet<string>): boolean {
	const [, id] = TRACK.exec(pathname) ?? [];
	if (id === undefined) return all.has(pathname);
	return ['stream', 'aac', 'opus'].some((kind) => all.has(`/media/tracks/${id}/${kind}`));
}

function mayBeKept(pathname: string): boolean {
	return /^\/(media\/|_app\/immutable\/|releases\/[^/]+\/__data\.json$)/.test(pathname);
}
