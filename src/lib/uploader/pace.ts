/** Nobody waits longer for somebody else's page: one that never arrives must not stop an upload. */
const YIELD_MS = 4_000;

interface Gate {
	promise: Promise<void>;
	open: () => void;
	timer: ReturnType<typeof setTimeout>;
}

/**
 * When the next piece may go. While somebody waits for a page or for sound, none does; and all of them together stay
 * below a limit that the person chose: each goes out when those before it would have, at that speed.
 */
export class Pace {
	/** Bytes a second, or null. */
	limit: number | null = null;
	#freeAt = 0;
	/** Closed while the link belongs to somebody else. */
	#gate: Gate | null = null;
	readonly #now: () => number;

	constructor({ now = () => performance.now() }: { now?: () => number } = {}) {
		this.#now = now;
	}

	/** The link is wanted by what a person waits for, or is no longer. What is on its way already goes on. */
	yieldLink(isWanted: boolean) {
		if (isWanted === (this.#gate !== null)) return;
		if (!isWanted) {
			this.#openGate();
			return;
		}
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#gate = { promise, open: resolve, timer: setTimeout(() => this.#openGate(), YIELD_MS) };
	}

	/** Resolves when so many bytes may go, and soon when the signal is aborted. */
	async take(bytes: number, signal: AbortSignal): Promise<void> {
		if (this.#gate) await race(this.#gate.promise, signal);
		const now = this.#now();
		if (this.limit === null) {
			this.#freeAt = now;
			return;
		}
		const wait = Math.max(0, this.#freeAt - now);
		this.#freeAt = now + wait + (bytes * 1000) / this.limit;
		if (wait === 0) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, wait);
		await race(promise, signal);
		clearTimeout(timer);
	}

	#openGate() {
		if (!this.#gate) return;
		clearTimeout(this.#gate.timer);
		this.#gate.open();
		this.#gate = null;
	}
}

/** The promise's end or the signal's, and no listener is left behind. */
async function race(promise: Promise<void>, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	const { promise: aborted, resolve } = Promise.withResolvers<void>();
	const end = () => resolve();
	signal.addEventListener('abort', end);
	await Promise.race([promise, aborted]);
	signal.removeEventListener('abort', end);
}
