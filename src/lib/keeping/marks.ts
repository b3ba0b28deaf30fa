/** Asked for in one request. */
const MOST_AT_ONCE = 200;
/** A page's rows come one after the other: so long they are waited for. */
const GATHER_MS = 20;

interface MarksOptions {
	/** Which of these are marked. */
	load: (ids: readonly string[]) => Promise<readonly string[]>;
	save: (id: string, isOn: boolean) => Promise<void>;
	onchange: (id: string, isOn: boolean) => void;
	/** It stays as it was before. */
	onfail: (name: string, wanted: boolean, error: unknown) => void;
	wait?: (run: () => void, ms: number) => void;
}

/** Things that somebody marks and unmarks: shown at once, and taken back when the portal does not take it. */
export class Marks {
	readonly #options: MarksOptions;
	readonly #on = new Map<string, boolean>();
	readonly #unknown = new Set<string>();
	readonly #asked = new Set<string>();
	readonly #saving = new Set<string>();
	#isGathering = false;

	constructor(options: MarksOptions) {
		this.#options = options;
	}

	isOn(id: string): boolean {
		return this.#on.get(id) === true;
	}

	/** It is on the screen: how it stands is asked, together with others. */
	ask(id: string) {
		if (this.#asked.has(id)) return;
		this.#asked.add(id);
		this.#unknown.add(id);
		if (this.#isGathering) return;
		this.#isGathering = true;
		(this.#options.wait ?? setTimeout)(() => void this.#load(), GATHER_MS);
	}

	/** Somebody else is there: nothing is known. */
	clear() {
		for (const [id, isOn] of this.#on) if (isOn) this.#options.onchange(id, false);
		this.#on.clear();
		this.#asked.clear();
		this.#unknown.clear();
	}

	/**
	 * The last wish is what is saved, however fast they follow each other.
	 * @param name what it is called when it fails
	 */
	async set(id: string, isOn: boolean, name: string): Promise<void> {
		let saved = this.isOn(id);
		this.#asked.add(id);
		this.#become(id, isOn);
		if (this.#saving.has(id)) return;
		this.#saving.add(id);
		try {
			// What is shown may change while it is being saved.
			while (this.isOn(id) !== saved) {
				const wanted = this.isOn(id);
				await this.#options.save(id, wanted);
				saved = wanted;
			}
		} catch (error) {
			const wanted = this.isOn(id);
			this.#become(id, saved);
			this.#options.onfail(name, wanted, error);
		} finally {
			this.#saving.delete(id);
		}
	}

	async #load() {
		this.#isGathering = false;
		const ids = [...this.#unknown];
		this.#unknown.clear();
		for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
			const some = ids.slice(at, at + MOST_AT_ONCE);
			try {
				const on = new Set(await this.#options.load(some));
				for (const id of some) {
					// Whoever pressed it meanwhile knows better.
					if (this.#asked.has(id) && !this.#on.has(id)) this.#become(id, on.has(id));
				}
			} catch {
				// Shown as unmarked, and asked again when it is next on the screen.
				for (const id of some) this.#asked.delete(id);
			}
		}
	}

	#become(id: string, isOn: boolean) {
		const was = this.isOn(id);
		this.#on.set(id, isOn);
		if (was !== isOn) this.#options.onchange(id, isOn);
	}
}
