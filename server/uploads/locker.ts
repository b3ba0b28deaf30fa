import type { Lock, Locker, RequestRelease } from '@tus/utils';
import { TusRefusal } from './refusal.ts';

/** How long a request waits for the one before it: longer than the drain, shorter than a client's patience. */
const WAIT_MS = 10_000;

interface Waiter {
	/** Comes behind what the same client is still sending, and wants it to end by itself. */
	isFollower: boolean;
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
	readonly #isFollower: () => boolean;

	/** @param options.isFollower of the request that is being handled */
	constructor({ waitMs = WAIT_MS, isFollower = (): boolean => false } = {}) {
		this.#waitMs = waitMs;
		this.#isFollower = isFollower;
	}

	newLock(id: string): Lock {
		const nothing = () => {};
		let release = nothing;
		return {
			lock: (signal, requestRelease) =>
				// Set before anybody may ask for the release, which can be in the same turn.
				this.#enter(id, signal, requestRelease, () => (release = () => this.#leave(id))),
			unlock: async () => {
				const held = release;
				release = nothing;
				held();
			}
		};
	}

	/** Resolves once nobody holds a lock. */
	async idle(): Promise<void> {
		while (this.#queues.size > 0) {
			await Promise.all(
				[...this.#queues.keys()].map(async (id) => {
					const { promise, resolve } = Promise.withResolvers<void>();
					const waiter = { isFollower: true, requestRelease: () => {}, enter: resolve };
					this.#queues.get(id)?.push(waiter);
					await promise;
					this.#leave(id);
				})
			);
		}
	}

	async #enter(
		id: string,
		signal: AbortSignal,
		requestRelease: RequestRelease,
		onentered: () => void
	): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const waiter: Waiter = {
			isFollower: this.#isFollower(),
			requestRelease,
			enter: () => {
				onentered();
				resolve();
			}
		};
		const queue = this.#queues.get(id);
		if (!queue) {
			this.#queues.set(id, [waiter]);
			onentered();
			return;
		}

		queue.push(waiter);
		if (!waiter.isFollower) void queue[0]?.requestRelease();
		const giveUp = () => {
			const place = queue.indexOf(waiter);
			if (place < 1) return; // our turn has just come
			queue.splice(place, 1);
			reject(new TusRefusal(423, 'locked'));
		};
		const timer = setTimeout(giveUp, this.#waitMs);
		signal.addEventListener('abort', giveUp, { once: true });
		try {
			await promise;
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
		if (queue.slice(1).some(({ isFollower }) => !isFollower)) void next.requestRelease();
	}
}
