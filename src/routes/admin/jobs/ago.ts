const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** So long the smaller unit still says more. */
const STAYS = 1.5;

/** `just now`, `4 min ago`, `2 h ago`, `12 days ago`: for what happened `ms` milliseconds ago. */
export function ago(ms: number): string {
	if (ms < MINUTE_MS) return 'just now';
	if (ms < STAYS * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min ago`;
	if (ms < STAYS * DAY_MS) return `${Math.round(ms / HOUR_MS)} h ago`;
	return `${Math.round(ms / DAY_MS)} days ago`;
}
