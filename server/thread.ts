import { Worker } from 'node:worker_threads';

/** A question took more time or memory than it may, or ended its thread in another way. */
export class Overrun extends Error {
	override readonly name = 'Overrun';
}

/** What a message of the thread means for whoever asked: the answer, why there is none, or a part of more. */
export type Heard<Value> = { value: Value } | { error: Error } | 'more';

interface Asked<Value> {
	/** The thread and what was asked of it are given up after so long. */
	timeoutMs: number;
	/** Reads one message; after `more` the thread is sent the word "more", once. */
	hear: (message: unknown) => Heard<Value>;
}

interface Pending {
	hear: (message: unknown) => void;
	reject: (error: Error) => void;
	timer: NodeJS.Timeout;
}

export interface ThreadOptions {
	/** The module that the thread runs: it posts what it has to say to each message. */
	module: URL;
	maxHeapMb: number;
	/** What it is called in errors. */
	name: string;
}

/**
 * A thread for what would keep pages waiting. It is asked one thing after the other, so that a question which takes the
 * thread down with it takes nobody else's answer; the next one gets a new thread.
 */
export class Thread {
	#worker: Worker | null = null;
	#pending: Pending | null = null;
	#turn: Promise<unknown> = Promise.resolve();
	#isClosed = false;
	readonly #options: ThreadOptions;

	constructor(options: ThreadOptions) {
		this.#options = options;
	}

	/** @throws Overrun when the answer does not come in time and in bounds, or cannot be read */
	ask<Value>(question: unknown, asked: Asked<Value>): Promise<Value> {
		const answer = this.#turn.then(() => this.#askNow(question, asked));
		this.#turn = answer.catch(() => {});
		return answer;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#give(this.#closed());
	}

	#closed(): Error {
		return new Error(`the ${this.#options.name} was closed`);
	}

	#askNow<Value>(question: unknown, { timeoutMs, hear }: Asked<Value>): Promise<Value> {
		if (this.#isClosed) return Promise.reject(this.#closed());
		const worker = (this.#worker ??= this.#start());
		const { promise, resolve, reject } = Promise.withResolvers<Value>();
		// A parser that loops cannot be asked to stop.
		const timer = setTimeout(
			() =>
				void this.#give(new Overrun(`the ${this.#options.name} took longer than ${timeoutMs} ms`)),
			timeoutMs
		);
		this.#pending = {
			reject,
			timer,
			hear: (message) => {
				const heard = hear(message);
				if (heard === 'more') {
					// Whoever asked for a page meanwhile is served first.
					setImmediate(() => this.#worker?.postMessage('more'));
					return;
				}
				const settle = 'error' in heard ? () => reject(heard.error) : () => resolve(heard.value);
				this.#pending = null;
				clearTimeout(timer);
				settle();
			}
		};
		worker.postMessage(question);
		return promise;
	}

	#start(): Worker {
		const { module, maxHeapMb, name } = this.#options;
		const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
		worker.unref();
		const giveUp = (cause: unknown) => {
			const why = cause instanceof Error ? cause.message : String(cause);
			if (this.#worker === worker) void this.#give(new Overrun(`the ${name}: ${why}`, { cause }));
		};
		worker.on('message', (message: unknown) => {
			if (this.#worker !== worker) return;
			try {
				this.#pending?.hear(message);
			} catch (error) {
				giveUp(error);
			}
		});
		worker.on('messageerror', giveUp);
		worker.on('error', giveUp);
		worker.on('exit', (code) => giveUp(`it ended with ${code}`));
		return worker;
	}

	/** Refuses what is asked now, and leaves the thread behind. */
	async #give(error: Error): Promise<void> {
		const [worker, pending] = [this.#worker, this.#pending];
		this.#worker = null;
		this.#pending = null;
		if (pending) {
			clearTimeout(pending.timer);
			pending.reject(error);
		}
		await worker?.terminate();
	}
}
