/** Streams that one person may have open and hear of; a browser has a few. */
const MOST = 32;

/**
 * How much has come of the bodies that are coming now, so that a browser which streams one knows what is still on its
 * way. Streams are named by who sends them, and nobody hears of another person's.
 */
export class Arrivals {
	readonly #people = new Map<string, Map<string, number>>();

	/** @returns what is told of each piece, and what ends it; null when there are too many */
	open(personId: string, stream: string): { add: (bytes: number) => void; end: () => void } | null {
		const streams = this.#people.get(personId) ?? new Map<string, number>();
		if (streams.size >= MOST || streams.has(stream)) return null;
		this.#people.set(personId, streams.set(stream, 0));
		return {
			add: (bytes) => streams.set(stream, (streams.get(stream) ?? 0) + bytes),
			end: () => {
				streams.delete(stream);
				if (streams.size === 0 && this.#people.get(personId) === streams) {
					this.#people.delete(personId);
				}
			}
		};
	}

	/** Bytes by stream. */
	of(personId: string): Record<string, number> {
		return Object.fromEntries(this.#people.get(personId) ?? []);
	}
}
