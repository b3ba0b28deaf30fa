import * as v from 'valibot';

const MAX_LOCATOR = 4_000;

const Enclosed = v.object({
	url: v.string(),
	/** Podcasting 2.0’s JSON. */
	chapters: v.optional(v.string()),
	/** Of this episode alone. */
	picture: v.optional(v.string())
});

/** Where an episode lies, and what its feed has beside it. */
export type Enclosed = v.InferOutput<typeof Enclosed>;

/** As an item keeps it: the address itself, unless there is more to say. */
export function locatorOf(enclosed: Enclosed): string {
	if (enclosed.chapters !== undefined || enclosed.picture !== undefined) {
		const text = JSON.stringify(enclosed);
		if (text.length <= MAX_LOCATOR) return text;
	}
	return enclosed.url.slice(0, MAX_LOCATOR);
}

export function enclosedAt(locator: string): Enclosed {
	if (!locator.startsWith('{')) return { url: locator };
	return v.parse(v.pipe(v.string(), v.parseJson(), Enclosed), locator);
}
