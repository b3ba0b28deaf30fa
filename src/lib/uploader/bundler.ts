import * as v from 'valibot';
import { BUNDLE_PATH, BundleAnswer, MOST_BUNDLED, type BundledFile } from '#contracts/bundle';
import type { Pace } from './pace.ts';
import { fetchOn, STALL_MS, type Road } from './road.ts';
import { isOutOfMemory, problemOf, retryAfterMs, SendError } from './send-error.ts';

interface BundlerOptions {
	/** What paths are relative to. */
	base: string;
	fetch: typeof globalThis.fetch;
	/** Bundles wait here for their turn, as all requests do. */
	pace: Pick<Pace, 'take'>;
	road: Road;
	/** Bytes that one request should have on this link. */
	mostBytes: () => number;
	/** Hears of each bundle that arrived. */
	onsent: (bytes: number, ms: number) => void;
	/** Null where the page is not a secure context: then files go without a checksum. */
	digest?: ((bytes: BufferSource) => Promise<ArrayBuffer>) | null;
}

/** A small file of which nothing is on the server. */
interface Small {
	file: File;
	url: string;
	token: string;
}

interface Passenger extends Small {
	signal: AbortSignal;
	/** Hears whether it is there; otherwise it goes by itself. */
	resolve: (isThere: boolean) => void;
	reject: (error: unknown) => void;
}

interface Loaded {
	passenger: Passenger;
	announced: BundledFile;
	bytes: ArrayBuffer;
}

const subtle = globalThis.crypto?.subtle;
const sha256 = subtle ? (bytes: BufferSource) => subtle.digest('SHA-256', bytes) : null;

/** Longer ones would make what comes behind them wait, whatever the link takes. */
const MOST_BYTES = 512 * 1024;
/** What the whole bundle was told, and is as true of each file in it. */
const SAID_TO_ALL = [401, 429, 502, 503, 504, 507];

/**
 * Lets small files that set out in the same moment travel in one request. Whatever goes wrong with one of them is left
 * to the ordinary way, which knows what each failure means.
 */
export class Bundler {
	readonly #options: Required<BundlerOptions>;
	#waiting: Passenger[] = [];
	#departure: ReturnType<typeof setTimeout> | null = null;
	/** The server, or something before it, takes no bundles. */
	#isRefused = false;

	constructor({ digest = sha256, ...options }: BundlerOptions) {
		this.#options = { ...options, digest };
	}

	/** @returns whether it arrived; if not, it is to be sent by itself. @throws SendError; the signal's reason */
	async send({ file, url, token }: Small, signal: AbortSignal): Promise<boolean> {
		signal.throwIfAborted();
		if (this.#isRefused) return false;
		const { promise, resolve, reject } = Promise.withResolvers<boolean>();
		const leave = () => reject(signal.reason as Error);
		signal.addEventListener('abort', leave, { once: true });
		this.#enter({ file, url, token, signal, resolve, reject });
		try {
			return await promise;
		} finally {
			signal.removeEventListener('abort', leave);
		}
	}

	#enter(passenger: Passenger) {
		this.#waiting.push(passenger);
		// Not at once: those who were told to go together come one after the other.
		this.#departure ??= setTimeout(() => this.#depart());
	}

	#depart() {
		this.#departure = null;
		const most = Math.min(MOST_BYTES, this.#options.mostBytes());
		let bundle: Passenger[] = [];
		let bytes = 0;
		for (const passenger of this.#waiting.splice(0)) {
			if (passenger.signal.aborted) continue;
			const { size } = passenger.file;
			if (bundle.length === MOST_BUNDLED.files || (bundle.length > 0 && bytes + size > most)) {
				void this.#carry(bundle);
				[bundle, bytes] = [[], 0];
			}
			bundle.push(passenger);
			bytes += size;
		}
		if (bundle.length > 0) void this.#carry(bundle);
	}

	async #carry(passengers: readonly Passenger[]) {
		const leaving = new AbortController();
		const leave = () => leaving.abort();
		for (const { signal } of passengers) signal.addEventListener('abort', leave, { once: true });
		const loaded = (await Promise.all(passengers.map((each) => this.#load(each)))).filter(
			(each) => each !== null
		);
		try {
			if (loaded.length > 0) await this.#send(loaded, leaving.signal);
		} catch (error) {
			for (const { passenger } of loaded) {
				// One of them was called back: the others set out again.
				if (!leaving.signal.aborted) passenger.reject(error);
				else if (!passenger.signal.aborted) this.#enter(passenger);
			}
		}
		for (const { signal } of passengers) signal.removeEventListener('abort', leave);
	}

	/** Read once: the checksum and the wire must see the same bytes. */
	async #load(passenger: Passenger): Promise<Loaded | null> {
		const { file, url } = passenger;
		const { digest } = this.#options;
		try {
			const bytes = await file.arrayBuffer();
			const id = url.slice(url.lastIndexOf('/') + 1);
			const announced = {
				...{ id, size: bytes.byteLength },
				...(digest && { sha256: hex(await digest(bytes)) })
			};
			return { passenger, announced, bytes };
		} catch {
			passenger.resolve(false);
			return null;
		}
	}

	/** @throws SendError */
	async #send(loaded: readonly Loaded[], signal: AbortSignal) {
		const { base, fetch, pace, road, onsent } = this.#options;
		const body = pack(loaded);
		const ended = await pace.take(body.length, signal);
		const began = performance.now();
		let arrived = false;
		try {
			const response = await fetchOn(road, fetch, new URL(BUNDLE_PATH, base), {
				...{ method: 'POST', body },
				headers: {
					Authorization: `Bearer ${loaded.at(-1)?.passenger.token ?? ''}`,
					'Content-Type': 'application/octet-stream'
				},
				signal: AbortSignal.any([signal, AbortSignal.timeout(STALL_MS)])
			});
			const said = await response.text();
			arrived = response.ok;
			if (SAID_TO_ALL.includes(response.status)) {
				throw new SendError(problemOf(response.status), {
					retryAfterMs: retryAfterMs(response.headers)
				});
			}
			if (response.status >= 400 && response.status < 500) this.#isRefused = true;
			const there = response.ok ? thoseThere(said) : new Set();
			for (const { passenger, announced } of loaded) passenger.resolve(there.has(announced.id));
			if (arrived) onsent(body.length, performance.now() - began);
		} catch (error) {
			if (error instanceof SendError) throw error;
			throw new SendError(isOutOfMemory(error) ? 'exhausted' : 'network', { cause: error });
		} finally {
			ended({ arrived });
		}
	}
}

function pack(loaded: readonly Loaded[]): Uint8Array<ArrayBuffer> {
	const line = `${JSON.stringify(loaded.map(({ announced }) => announced))}\n`;
	const head = new TextEncoder().encode(line);
	const length = loaded.reduce((sum, { bytes }) => sum + bytes.byteLength, head.length);
	const body = new Uint8Array(length);
	body.set(head);
	let at = head.length;
	for (const { bytes } of loaded) {
		body.set(new Uint8Array(bytes), at);
		at += bytes.byteLength;
	}
	return body;
}

function thoseThere(said: string): Set<string> {
	try {
		const { files } = v.parse(BundleAnswer, JSON.parse(said));
		return new Set(files.filter(({ isThere }) => isThere).map(({ id }) => id));
	} catch {
		return new Set(); // somebody else's answer
	}
}

const hex = (digest: ArrayBuffer) =>
	Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
