import type { Lock, Locker, RequestRelease } from '@tus/utils';

/** How long a request waits for the one before it: longer than the drain, shorter than a client's patience. */
const WAIT_MS = 10_000;

interface Waiter {
	requestRelease: RequestRelease;
	enter: () => void;
}

/**
 * One writer for each upload, first come first served. A newcomer asks the holder to let go: the holder is most
 * often a dead connection, and the newcomer the same client, resuming. Who waits too long gets 423.
 */
export class FifoLocker implements Locker {
	readonly #queues = new Map<string, Waiter[]>();
	readonly #waitMs: number;

	constructor({ waitMs = WAIT_MS } = {}) {
		this.#waitMs = waitMs;
	}

	newLock(id: string): Lock {
		let release = () => {};
		return {
			lock: async (signal, requestRelease) => {
				release = await this.#enter(id, signal, requestRelease);
			},
			unlock: async () => release()
		};
	}

	/** Resolves once nobody holds a lock. */
	async idle(): Promise<void> {
		while (this.#queues.size > 0) {
			await Promise.all(
				[...this.#queues.keys()].map(async (id) => {
					const { promise, resolve } = Promise.withResolvers<void>();
					this.#queues.get(id)?.push({ requestRelease: () => {}, enter: resolve });
					await promise;
					this.#leave(id);
				})
			);
		}
	}

	async #enter(id: string, signal: AbortSignal, requestRelease: RequestRelease) {
		const queue = this.#queues.get(id);
		const { promise, resolve } = Promise.withResolvers<void>();
		const waiter: Waiter = { requestRelease, enter: resolve };
		if (!queue) {
			this.#queues.set(id, [waiter]);
			return () => this.#leave(id);
		}

		queue.push(waiter);
		void queue[0]?.requestRelease();
		const refused = Promise.withResolvers<never>();
		const giveUp = () => refused.reject({ status_code: 423, body: 'locked' });
		const timer = setTimeout(giveUp, this.#waitMs);
		signal.addEventListener('abort', giveUp, { once: true });
		try {
			await Promise.race([promise, refused.promise]);
			return () => this.#leave(id);
		} catch (error) {
			queue.splice(queue.indexOf(waiter), 1);
			throw error;
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', giveUp);
		}
	}

	#leave(id: string) {
		const queue = this.#queues.get(id);
		queue?.shift();
		const next = queue?.[0];
		if (!queue || !next) {
			this.#queues.delete(id);
			return;
		}
		next.enter();
		// Others stand behind the new holder too: it must not sit there until it ends by itself.
		if (queue.length > 1) void next.requestRelease();
	}
}
