import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TrackAnswer, TrackOrder } from './track-worker.ts';

/** Makes tracks in threads of its own, one in each at a time. */
export class Studio {
	readonly #workers: Worker[];

	constructor(threads: number) {
		const file = new URL('./track-worker.ts', import.meta.url);
		this.#workers = Array.from({ length: threads }, () => new Worker(file));
	}

	/** @throws Error about the first that could not be made */
	async makeAll(orders: readonly TrackOrder[], onmade: (order: TrackOrder) => void): Promise<void> {
		const waiting = orders.values();
		await Promise.all(
			this.#workers.map(async (worker) => {
				// One iterator for all: who is free takes the next.
				for (const order of waiting) {
					worker.postMessage(order);
					const [{ error }] = (await once(worker, 'message')) as [TrackAnswer];
					if (error !== null) throw new Error(error);
					onmade(order);
				}
			})
		);
	}

	async close(): Promise<void> {
		await Promise.all(this.#workers.map((worker) => worker.terminate()));
	}
}
