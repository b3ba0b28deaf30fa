/** Longer than a chunk takes on any link that is worth it; who waits in vain is told 409 and asks for the offset. */
const WAIT_MS = 10_000;

interface Follower {
	offset: number;
	go: () => void;
}

/**
 * Chunks that were sent while those before them were still on their way. Each waits until the file has come to where
 * it begins, in whichever order they come here.
 */
export class Followers {
	readonly #waiting = new Map<string, Set<Follower>>();
	readonly #waitMs: number;

	constructor({ waitMs = WAIT_MS } = {}) {
		this.#waitMs = waitMs;
	}

	/**
	 * Resolves when the upload has come to the offset, or will not.
	 * @param there how far it is now
	 */
	async turn(id: string, offset: number, there: () => Promise<number>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const follower = { offset, go: resolve };
		const waiting = this.#waiting.get(id) ?? new Set();
		// In line before anybody looks: what is written meanwhile is heard of.
		this.#waiting.set(id, waiting.add(follower));
		const timer = setTimeout(resolve, this.#waitMs);
		try {
			if ((await there()) < offset) await promise;
		} finally {
			clearTimeout(timer);
			waiting.delete(follower);
			if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
		}
	}

	/** The upload has come so far. */
	written(id: string, offset: number) {
		for (const follower of this.#waiting.get(id) ?? []) {
			if (follower.offset <= offset) follower.go();
		}
	}

	/** A chunk was lost: those behind it wait for nothing. */
	lost(id: string) {
		for (const { go } of this.#waiting.get(id) ?? []) go();
	}
}
