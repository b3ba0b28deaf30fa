import { withoutRepeats } from './without-repeats.ts';

interface Page<T> {
	items: readonly T[];
	/** The cursor of the page after this one. */
	next: string | null;
}

/** A list that goes on: the page that the address gave, and those that were asked for since. */
export class Pager<T extends { id: string }> {
	items = $state.raw<readonly T[]>([]);
	next = $state.raw<string | null>(null);
	isLoading = $state.raw(false);
	hasFailed = $state.raw(false);
	readonly #load: (cursor: string) => Promise<Page<T>>;

	constructor(first: Page<T>, load: (cursor: string) => Promise<Page<T>>) {
		this.#load = load;
		this.items = first.items;
		this.next = first.next;
	}

	async more(): Promise<void> {
		const { next } = this;
		if (next === null || this.isLoading) return;
		this.isLoading = true;
		this.hasFailed = false;
		try {
			const page = await this.#load(next);
			this.items = withoutRepeats([...this.items, ...page.items]);
			this.next = page.next;
		} catch {
			this.hasFailed = true;
		} finally {
			this.isLoading = false;
		}
	}

	/** For the way back: what was shown, and where it ended. */
	capture(): Page<T> {
		return { items: this.items, next: this.next };
	}

	restore(page: Page<T>): void {
		this.items = page.items;
		this.next = page.next;
	}
}
