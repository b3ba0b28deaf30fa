const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** How long to wait before trying to fetch music again: longer each time, with some spread. */
export function backoff(attempt: number, random: () => number = Math.random): number {
	const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
	return Math.round(longest * (0.75 + random() * 0.25));
}
