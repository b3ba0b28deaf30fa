/** A play counts after this much of a track, or after half of a shorter one. */
const COUNTS_SECONDS = 30;
/** Between two looks at the clock; a computer that slept in between was not listened to. */
const LONGEST_STEP_SECONDS = 5;

/** How much of one track was heard, by the clock and not by the place in it: who skips through it did not hear it. */
export class Heard {
	readonly #durationSeconds: number;
	#seconds = 0;
	#since: number | null = null;
	#isCounted = false;

	constructor(durationSeconds: number) {
		this.#durationSeconds = durationSeconds;
	}

	/**
	 * @param nowMs any clock that only goes forward
	 * @returns how many seconds were heard, once: when it becomes a play
	 */
	look(isSounding: boolean, nowMs: number): number | null {
		if (this.#since !== null) {
			this.#seconds += Math.min(LONGEST_STEP_SECONDS, (nowMs - this.#since) / 1000);
		}
		this.#since = isSounding ? nowMs : null;
		const enough = Math.min(COUNTS_SECONDS, this.#durationSeconds / 2);
		if (this.#isCounted || this.#seconds < enough || this.#seconds === 0) return null;
		this.#isCounted = true;
		return Math.round(this.#seconds);
	}
}
