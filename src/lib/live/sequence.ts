import type { LiveMessage, ServerEvent } from '#contracts/live';

/** A message and the number that it follows: its events are those in between. */
export interface Continued extends LiveMessage {
	/** Null when it was asked for without a number: it only says where "now" is. */
	after: number | null;
}

export interface SequenceOptions {
	/** The number that what the page shows contains; null where nobody said: then it is read afresh. */
	from?: number | null;
	onevents: (events: readonly ServerEvent[]) => void;
	/** The server said its first word. */
	onfirst?: () => void;
}

/** Hands over each event once and in order, whatever road it came by. */
export class Sequence {
	readonly #options: SequenceOptions;
	#seq: number | null;
	#isFirst = true;

	constructor(options: SequenceOptions) {
		this.#options = options;
		this.#seq = options.from ?? null;
	}

	/** The last number that was heard of; null until somebody said where "now" is. */
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
		if (this.#isFirst) {
			this.#isFirst = false;
			onfirst?.();
		}
		// Only a reset may count backwards; the same reset once more has the number that we took over from it.
		const isReset = stand !== seq && events.some(({ type }) => type === 'reset');
		if (stand !== null && !isReset) {
			if (seq <= stand) return 'repeated';
			if (after !== stand) return 'gap';
		}
		this.#seq = seq;
		if (stand === null) onevents([{ type: 'reset' }]);
		if (events.length > 0) onevents(events);
		return 'heard';
	}
}
