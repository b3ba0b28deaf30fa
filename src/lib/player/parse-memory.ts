import { Track } from '#contracts/track';
import * as v from 'valibot';
import type { QueueState } from './queue.ts';

const key = v.pipe(v.number(), v.integer());
const Kept = v.object({ key, track: Track });
const Rest = v.object({
	index: v.pipe(v.number(), v.integer()),
	unshuffled: v.nullable(v.array(key)),
	heard: v.array(key),
	repeat: v.picklist(['off', 'all', 'one'])
});
const Place = v.object({ key, seconds: v.pipe(v.number(), v.minValue(0)) });

export function parseRest(rest: unknown): Omit<QueueState, 'entries'> | null {
	const { success, output } = v.safeParse(Rest, rest);
	return success ? output : null;
}

/** An older portal may have written tracks otherwise: those that are not understood are left out. */
export function parseEntries(entries: unknown): QueueState['entries'] {
	return Array.isArray(entries) ? entries.filter((entry) => v.is(Kept, entry)) : [];
}

/** The place in a track; null is the beginning. */
export function parsePlace(text: string | null): v.InferOutput<typeof Place> | null {
	try {
		const { success, output } = v.safeParse(Place, JSON.parse(text ?? 'null'));
		return success ? output : null;
	} catch {
		return null; // somebody else's text
	}
}
