export type Sleep = { kind: 'off' } | { kind: 'at'; ms: number } | { kind: 'track' };

/** For whoever falls asleep to music: after some minutes, or when the track is over. */
export class SleepTimer {
	#sleep: Sleep = { kind: 'off' };

	get sleep() {
		return this.#sleep;
	}

	after(minutes: number, nowMs: number) {
		this.#sleep = { kind: 'at', ms: nowMs + minutes * 60_000 };
	}

	afterTrack() {
		this.#sleep = { kind: 'track' };
	}

	off() {
		this.#sleep = { kind: 'off' };
	}

	/** Whether it is time now; if so the timer is off. */
	isDue(nowMs: number): boolean {
		if (this.#sleep.kind !== 'at' || nowMs < this.#sleep.ms) return false;
		this.off();
		return true;
	}

	/** Whether it ends with the track that just ended; if so the timer is off. */
	endsHere(): boolean {
		if (this.#sleep.kind !== 'track') return false;
		this.off();
		return true;
	}
}
