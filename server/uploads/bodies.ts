import { Problem } from '#contracts/problem';

/** Bodies at the same time: several browsers of one person, and everybody together. Who is told to wait comes again. */
const MOST = { person: 24, all: 256 };
/** So long after the last body nothing is coming any more: there are moments between two of them. */
const QUIET_MS = 500;

/** Counts the bodies that are coming now. */
export class Bodies {
	readonly #onbusy: (isBusy: boolean) => void;
	readonly #coming = new Map<string, number>();
	#quiet: NodeJS.Timeout | null = null;

	/** @param onbusy bodies are coming, or none has come for a moment */
	constructor(onbusy: (isBusy: boolean) => void) {
		this.#onbusy = onbusy;
	}

	/** One more body of this person. @returns what says that it is over @throws Problem too_many_requests */
	enter(personId: string): () => void {
		const own = this.#coming.get(personId) ?? 0;
		const all = this.#coming.values().reduce((sum, each) => sum + each, 0);
		if (own >= MOST.person || all >= MOST.all) throw new Problem('too_many_requests');
		this.#coming.set(personId, own + 1);
		if (this.#quiet) clearTimeout(this.#quiet);
		else if (all === 0) this.#onbusy(true);
		this.#quiet = null;
		return () => this.#leave(personId);
	}

	#leave(personId: string) {
		const left = (this.#coming.get(personId) ?? 1) - 1;
		if (left > 0) this.#coming.set(personId, left);
		else this.#coming.delete(personId);
		if (this.#coming.size > 0) return;
		this.#quiet = setTimeout(() => {
			this.#quiet = null;
			this.#onbusy(false);
		}, QUIET_MS);
		this.#quiet.unref();
	}
}
