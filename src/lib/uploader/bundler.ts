import * as v from 'valibot';
import { BUNDLE_PATH, BundleAnswer, MOST_BUNDLED, type BundledFile } from '#contracts/bundle';
import type { Ended, Pace } from './pace.ts';
import { fetchOn, STALL_MS, type Road } from './road.ts';
import {
	isOutOfMemory,
	problemOf,
	retryAfterMs,
	SendError,
	type SendProblem
} from './send-error.ts';

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
	digest?: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | null;
}

/** A small file of which nothing is on the server. */
interface Small {
	file: File;
	/** Of the file: asking it would be a question to another process. */
	size: number;
	url: string;
	token: string;
}

interface Passenger extends Small {
	signal: AbortSignal;
	/** Hears whether it is there; otherwise it goes by itself. */
	resolve: (isThere: boolean) => void;
	reject: (error: unknown) => void;
}

type Body = Uint8Array<ArrayBuffer>;

interface Loaded {
	passenger: Passenger;
	announced: BundledFile;
	bytes: ArrayBuffer;
}

const subtle = globalThis.crypto?.subtle;
const sha256 = subtle ? (bytes: ArrayBuffer) => subtle.digest('SHA-256', bytes) : null;

/** Longer ones would make what comes behind them wait, whatever the link takes. */
const MOST_BYTES = 512 * 1024;
/** What the whole bundle was told, and is as true of each file in it. */
const SAID_TO_ALL: readonly SendProblem[] = ['unauthorized', 'away', 'disk_full'];

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

	/** Whether a file of so many bytes may travel so now: a slow link takes what is larger in pieces. */
	takes(size: number): boolean {
		const most = Math.min(MOST_BUNDLED.fileBytes, this.#options.mostBytes());
		return !this.#isRefused && size <= most;
	}

	/** @returns whether it arrived; if not, it is to be sent by itself. @throws SendError; the signal's reason */
	async send(small: Small, signal: AbortSignal): Promise<boolean> {
		signal.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<boolean>();
		const leave = () => reject(signal.reason as Error);
		signal.addEventListener('abort', leave, { once: true });
		this.#enter({ ...small, signal, resolve, reject });
		try {
			return await promise;
		} finally {
			signal.removeEventListener('abort', leave);
		}
	}

	#enter(passenger: Passenger) {
		this.#waiting.push(passenger);
		// Not at once: those who were told to go together come one after the other.
		this.#departure ??= setTimeout(() => void this.#departAll());
	}

	/** One after the other: how much a bundle may hold is known when it may go, and while it waits others come. */
	async #departAll() {
		while (this.#waiting.length > 0) {
			const passengers = this.#nextBundle();
			if (passengers.length > 0) await this.#depart(passengers);
		}
		this.#departure = null;
	}

	#nextBundle(): Passenger[] {
		const most = Math.min(MOST_BYTES, this.#options.mostBytes());
		const passengers: Passenger[] = [];
		let bytes = 0;
		for (const passenger of this.#waiting) {
			bytes += passenger.size;
			if (passengers.length > 0 && bytes > most) break;
			if (passengers.push(passenger) === MOST_BUNDLED.files) break;
		}
		this.#waiting.splice(0, passengers.length);
		return passengers.filter(({ signal }) => !signal.aborted);
	}

	/** @returns when it is on its way, or goes nowhere */
	async #depart(passengers: readonly Passenger[]): Promise<void> {
		// One that is called back ends the journey of all: the others set out again.
		const calledBack = AbortSignal.any(passengers.map(({ signal }) => signal));
		const all = await Promise.all(passengers.map((passenger) => this.#load(passenger)));
		const loaded = all.filter((each) => each !== null);
		if (loaded.length === 0) return;
		const body = pack(loaded);
		try {
			const ended = await this.#options.pace.take(body.length, calledBack);
			void this.#carry(loaded, { body, ended, calledBack });
		} catch (error) {
			this.#turnBack(loaded, { error, calledBack });
		}
	}

	async #carry(
		loaded: readonly Loaded[],
		{ body, ended, calledBack }: { body: Body; ended: Ended; calledBack: AbortSignal }
	): Promise<void> {
		const began = performance.now();
		let arrived = false;
		try {
			const response = await this.#post(body, { token: tokenOf(loaded), signal: calledBack });
			const said = await response.text();
			const { ok, status, headers } = response;
			arrived = ok;
			const problem = problemOf(status);
			if (!ok && SAID_TO_ALL.includes(problem)) {
				throw new SendError(problem, { retryAfterMs: retryAfterMs(headers) });
			}
			if (status >= 400 && status < 500) this.#isRefused = true;
			const there = ok ? thoseThere(said) : new Set();
			for (const { passenger, announced } of loaded) passenger.resolve(there.has(announced.id));
		} catch (error) {
			this.#turnBack(loaded, { error, calledBack });
		} finally {
			ended({ arrived });
		}
		if (arrived) this.#options.onsent(body.length, performance.now() - began);
	}

	#turnBack(
		loaded: readonly Loaded[],
		{ error, calledBack }: { error: unknown; calledBack: AbortSignal }
	) {
		for (const { passenger } of loaded) {
			if (!calledBack.aborted) passenger.reject(problemFrom(error));
			else if (!passenger.signal.aborted) this.#enter(passenger);
		}
	}

	#post(body: Body, { token, signal }: { token: string; signal: AbortSignal }) {
		const { base, fetch, road } = this.#options;
		return fetchOn(road, fetch, new URL(BUNDLE_PATH, base), {
			...{ method: 'POST', body },
			headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' },
			signal: AbortSignal.any([signal, AbortSignal.timeout(STALL_MS)])
		});
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
}

/** The newest: the others may have lapsed. */
const tokenOf = (loaded: readonly Loaded[]) => loaded.at(-1)?.passenger.token ?? '';

function problemFrom(error: unknown): SendError {
	if (error instanceof SendError) return error;
	return new SendError(isOutOfMemory(error) ? 'exhausted' : 'network', { cause: error });
}

function pack(loaded: readonly Loaded[]): Body {
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
