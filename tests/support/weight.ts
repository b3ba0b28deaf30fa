import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';

export type Kind = 'js' | 'css' | 'html';

interface Loaded {
	url: string;
	kind: Kind;
	/** Milliseconds since 1970. */
	askedAt: number;
	/** Bytes as they came, with their headers; null before they are all here. */
	wire: number | null;
	/** Bytes of the same by gzip; null where the browser does not tell what came. */
	gz: number | null;
}

/** Bytes. */
export interface Weight {
	wire: number;
	gz: number;
	files: number;
}

const SCRIPT = `(() => {
	window.firstSoundAt = null;
	addEventListener('playing', () => (window.firstSoundAt ??= performance.timeOrigin + performance.now()), true);
})()`;

/** What a page fetches to be a page: as it came, and as gzip would have it, which is the same everywhere. */
export class PageWeight {
	readonly #page: Page;
	readonly #session: CDPSession;
	readonly #loaded = new Map<string, Loaded>();
	readonly #open = new Set<Promise<unknown>>();

	/** Before the page is opened. Nothing is taken from what the browser kept. */
	static async on(page: Page): Promise<PageWeight> {
		await page.addInitScript(SCRIPT);
		const session = await page.context().newCDPSession(page);
		const weight = new PageWeight(page, session);
		await session.send('Network.enable');
		await session.send('Network.setCacheDisabled', { cacheDisabled: true });
		await session.send('Network.setBypassServiceWorker', { bypass: true });
		return weight;
	}

	private constructor(page: Page, session: CDPSession) {
		this.#page = page;
		this.#session = session;
		session.on('Network.requestWillBeSent', ({ requestId, request, wallTime, type }) => {
			const kind = kindOf(request.url, type);
			if (!kind) return;
			const askedAt = wallTime * 1000;
			this.#loaded.set(requestId, { url: request.url, kind, askedAt, wire: null, gz: null });
		});
		session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
			const loaded = this.#loaded.get(requestId);
			if (!loaded) return;
			loaded.wire = encodedDataLength;
			const read = this.#read(requestId, loaded);
			this.#open.add(read);
			void read.finally(() => this.#open.delete(read));
		});
	}

	/** When something was first heard, in milliseconds since 1970. */
	async firstSoundAt(): Promise<number> {
		// A function: the page's policy forbids to make one of a string.
		const heard = await this.#page.waitForFunction(
			() => (globalThis as { firstSoundAt?: number }).firstSoundAt
		);
		return (await heard.jsonValue()) ?? Infinity;
	}

	/** @param before milliseconds since 1970: what was asked for later does not count */
	async of(kind: Kind, before = Infinity): Promise<Weight> {
		await Promise.all(this.#open);
		const counted = this.#loaded
			.values()
			.filter((each) => each.kind === kind && each.askedAt < before && each.wire !== null)
			.toArray();
		return {
			wire: counted.reduce((sum, { wire }) => sum + (wire ?? 0), 0),
			gz: counted.reduce((sum, { url, gz }) => {
				if (gz === null) throw new Error(`${url} came, and nobody says what is in it`);
				return sum + gz;
			}, 0),
			files: counted.length
		};
	}

	async #read(requestId: string, loaded: Loaded) {
		try {
			const answer = await this.#session.send('Network.getResponseBody', { requestId });
			const body = Buffer.from(answer.body, answer.base64Encoded ? 'base64' : 'utf8');
			loaded.gz = gzipSync(body).length;
		} catch {
			// The page is gone, and nobody asks any more.
		}
	}
}

function kindOf(url: string, type: string | undefined): Kind | null {
	const { pathname } = new URL(url);
	if (type === 'Document') return 'html';
	if (pathname.endsWith('.js')) return 'js';
	return pathname.endsWith('.css') ? 'css' : null;
}
