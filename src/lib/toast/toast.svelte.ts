import { createContext } from 'svelte';

/** Long enough to read a sentence and reach for its button. */
const STAYS_MS = 7_000;
const MOST = 3;

export interface Toast {
	id: number;
	text: string;
	tone: 'plain' | 'bad';
	action?: { label: string; run: () => void };
}

type NewToast = Pick<Toast, 'text' | 'action'> & Partial<Pick<Toast, 'tone'>>;

interface Timers {
	set: (run: () => void, ms: number) => number;
	clear: (timer: number) => void;
}

const browserTimers: Timers = {
	set: (run, ms) => setTimeout(run, ms) as unknown as number,
	clear: (timer) => clearTimeout(timer)
};

/** What is said to the person in passing. */
export class Toasts {
	#all = $state.raw<readonly Toast[]>([]);
	readonly #timers: Timers;
	/** Nothing shows these: they need not react. */
	// eslint-disable-next-line svelte/prefer-svelte-reactivity
	readonly #running = new Map<number, number>();
	#isHeld = false;
	#count = 0;

	constructor({ timers = browserTimers }: { timers?: Timers } = {}) {
		this.#timers = timers;
	}

	get all() {
		return this.#all;
	}

	say(toast: NewToast) {
		const id = (this.#count += 1);
		// The same sentence again takes the place of the first.
		const kept = this.#all.filter(({ text }) => text !== toast.text).slice(1 - MOST);
		for (const old of this.#all) if (!kept.includes(old)) this.#forget(old.id);
		this.#all = [...kept, { tone: 'plain', ...toast, id }];
		if (!this.#isHeld) this.#countDown(id);
	}

	dismiss(id: number) {
		this.#forget(id);
		this.#all = this.#all.filter((toast) => toast.id !== id);
		if (this.#all.length === 0) this.#isHeld = false;
	}

	/** Somebody is reading: nothing goes away. */
	hold() {
		this.#isHeld = true;
		for (const { id } of this.#all) this.#forget(id);
	}

	release() {
		this.#isHeld = false;
		for (const { id } of this.#all) this.#countDown(id);
	}

	#countDown(id: number) {
		this.#forget(id);
		this.#running.set(
			id,
			this.#timers.set(() => this.dismiss(id), STAYS_MS)
		);
	}

	#forget(id: number) {
		const timer = this.#running.get(id);
		if (timer !== undefined) this.#timers.clear(timer);
		this.#running.delete(id);
	}
}

export const [useToasts, provideToasts] = createContext<Toasts>();
