const TICK_MS = 20;
/** Nobody asked for so long: nobody wants to know. */
const IDLE_MS = 5_000;

/**
 * How late this process is with whatever it is asked, because it was busy: by how much a timer missed its time, the
 * last time. Measures only while somebody asks.
 */
export function createLateness({ now = () => performance.now() } = {}) {
	let timer: NodeJS.Timeout | null = null;
	let dueAt = 0;
	let lateMs = 0;
	let askedAt = 0;

	function tick() {
		const at = now();
		lateMs = Math.max(0, at - dueAt);
		if (at - askedAt > IDLE_MS) return close();
		dueAt = at + TICK_MS;
		timer = setTimeout(tick, TICK_MS);
		timer.unref();
	}

	function close() {
		if (timer) clearTimeout(timer);
		timer = null;
		lateMs = 0;
	}

	return {
		/** Milliseconds. */
		read(): number {
			askedAt = now();
			if (!timer) {
				dueAt = askedAt + TICK_MS;
				timer = setTimeout(tick, TICK_MS);
				timer.unref();
			}
			// A timer that is due already has not had its turn either.
			return Math.max(lateMs, now() - dueAt);
		},
		close
	};
}
