/** At least 0, less than 1. */
export type Random = () => number;

/** The same in an order that is as likely as any other (Fisher and Yates). */
export function shuffled<T>(all: readonly T[], random: Random): T[] {
	const drawn = [...all];
	for (let last = drawn.length - 1; last > 0; last -= 1) {
		const at = Math.floor(random() * (last + 1));
		[drawn[last], drawn[at]] = [drawn[at] as T, drawn[last] as T];
	}
	return drawn;
}
