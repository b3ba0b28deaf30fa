import type { LiveMessage, ServerEvent } from '#contracts/live';
import type { Working } from '#contracts/work';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';

/** Events in one message; a longer absence reads afresh. */
const MAX_EVENTS = 1000;
const KEEP_EVENTS_MS = 24 * 60 * 60 * 1000;

interface NewsOptions {
	catalogue: Catalogue;
	/** What of a person's is worked on now, for whoever was not there when it was said. */
	working: (personId: string) => readonly Working[];
	/** Something was said. */
	onsaid: () => void;
	now: () => number;
}

/** What is told to pages. An event is a row: its number stays through a restart, and whoever was away asks from there. */
export function createNews({ catalogue, working, onsaid, now }: NewsOptions) {
	function workOf(personId: string): ServerEvent[] {
		const work = [...working(personId)];
		return work.length > 0 ? [{ type: 'work_changed', work }] : [];
	}

	return {
		/** What a person hears that was said after `seq`; null for who begins now. */
		async since(personId: string, seq: number | null): Promise<LiveMessage> {
			const { events } = catalogue;
			const last = await events.last();
			if (seq === null) return { seq: last, events: workOf(personId) };
			const isTooOld = seq > last || seq + 1 < (await events.first());
			const missed = isTooOld ? [] : await events.heardBy(personId, seq, MAX_EVENTS + 1);
			if (isTooOld || missed.length > MAX_EVENTS) {
				return { seq: last, events: [{ type: 'reset' }, ...workOf(personId)] };
			}
			return {
				seq: Math.max(last, missed.at(-1)?.seq ?? 0),
				events: missed.map(({ event }) => event)
			};
		},

		/**
		 * Says an event, in the caller's transaction when it has one.
		 * @param personId who hears it, or null for everybody who is signed in
		 */
		async say(
			personId: string | null,
			event: ServerEvent,
			{ events }: Pick<Nouns, 'events'> = catalogue
		): Promise<void> {
			await events.add(personId, event, now());
			onsaid();
		},

		/**
		 * Says an event in place of an earlier one that it makes void: who was away hears the last one alone.
		 * @param earlier its number
		 * @returns the number of this one
		 */
		async sayInPlace(
			personId: string,
			event: ServerEvent,
			earlier: number | null
		): Promise<number> {
			const seq = await catalogue.transaction(async ({ events }) => {
				const added = await events.add(personId, event, now());
				if (earlier !== null) await events.remove(earlier);
				return added;
			});
			onsaid();
			return seq;
		},

		sweep: () => catalogue.events.removeBefore(now() - KEEP_EVENTS_MS)
	};
}
