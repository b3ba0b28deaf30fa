import type { LiveMessage, ServerEvent } from '#contracts/live';

/** What a page shows is about this old when the channel opens; when that takes longer, it may have missed something. */
const LATE_MS = 2_000;

/** A message and the number that it follows: its events are those in between. */
export interface Continued extends LiveMessage {
	/** Null when it was asked for without a number: it only says where "now" is. */
	after: number | null;
}

export interface SequenceOptions {
	onevents: (events: readonly ServerEvent[]) => void;
	/** "Now" became known: what happened before it is not among the events. */
	onfirst?: () => void;
}

/** Hands over each event once and in order, whatever road it came by. */
export class Sequence {
	readonly #options: SequenceOptions;
	readonly #begunAt = Date.now();
	#seq: number | null = null;

	constructor(options: SequenceOptions) {
		this.#options = options;
	}

	/** The last number that was heard; null until somebody said where "now" is. */
	get seq() {
		return this.#seq;
	}

	/**
	 * `gap`: it does not begin where we stand, so nothing of it was handed over; what follows our number has to be
	 * asked for.
	 */
	hear({ after, seq, events }: Continued): 'heard' | 'repeated' | 'gap' {
		const { onevents, onfirst } = this.#options;
		const stand = this.#seq;
		// Only a reset may count backwards; the same reset once more has the number that we took over from it.
		const isReset = stand !== seq && events.some(({ type }) => type === 'reset');
		if (stand !== null && !isReset) {
			if (seq <= stand) return 'repeated';
			if (after !== stand) return 'gap';
		}
		this.#seq = seq;
		if (stand === null) {
			onfirst?.();
			if (Date.now() - this.#begunAt > LATE_MS) onevents([{ type: 'reset' }]);
		}
		if (events.length > 0) onevents(events);
		return 'heard';
	}
}
