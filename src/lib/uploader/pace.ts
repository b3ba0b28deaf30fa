/**
 * Keeps everything that is sent below a limit that the person chose. Each piece goes out when those before it would
 * have, at that speed; without a limit nothing waits.
 */
export class Pace {
	/** Bytes a second, or null. */
	limit: number | null = null;
	#freeAt = 0;
	readonly #now: () => number;

	constructor({ now = () => performance.now() }: { now?: () => number } = {}) {
		this.#now = now;
	}

	/** Resolves when so many bytes may go, and at once when the signal is aborted. */
	async take(bytes: number, signal: AbortSignal): Promise<void> {
		const now = this.#now();
		if (this.limit === null) {
			this.#freeAt = now;
			return;
		}
		const wait = Math.max(0, this.#freeAt - now);
		this.#freeAt = now + wait + (bytes * 1000) / this.limit;
		if (wait === 0 || signal.aborted) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const go = () => resolve();
		const timer = setTimeout(go, wait);
		signal.addEventListener('abort', go);
		await promise;
		clearTimeout(timer);
		signal.removeEventListener('abort', go);
	}
}
