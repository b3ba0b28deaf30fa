/** One who waits, or one who is served. */
export interface InLine {
	id: string;
	personId: string;
	/** Milliseconds since 1970; earlier goes first. */
	queuedAt: number;
}

/**
 * Who is served in which order: whoever has fewer at work goes first, then who has waited longest. So two people
 * alternate, however many imports one of them starts.
 */
export function lineUp<Waiting extends InLine>(
	waiting: readonly Waiting[],
	running: readonly InLine[]
): Waiting[] {
	const served = new Map<string, number>();
	const serve = (personId: string) => served.set(personId, (served.get(personId) ?? 0) + 1);
	for (const { personId } of running) serve(personId);
	const left = [...waiting].sort((a, b) => a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1));
	const line: Waiting[] = [];
	while (left.length > 0) {
		let best = 0;
		for (const [at, { personId }] of left.entries()) {
			if ((served.get(personId) ?? 0) < (served.get(left[best]?.personId ?? '') ?? 0)) best = at;
		}
		const [next] = left.splice(best, 1);
		if (!next) break;
		serve(next.personId);
		line.push(next);
	}
	return line;
}

/**
 * When the one at `position` (1 is next) may begin, in seconds, or null when nobody can know.
 * @param secondsLeft of those that run; null for one that cannot say
 * @param slots how many run at once
 */
export function startsIn(
	position: number,
	secondsLeft: readonly (number | null)[],
	slots: number
): number | null {
	const known = secondsLeft.filter((seconds) => seconds !== null);
	if (known.length === 0 || known.length < secondsLeft.length) return null;
	const free = [...known].sort((a, b) => a - b);
	while (free.length < slots) free.unshift(0);
	// Of those before it nothing is known but that they are imports like these.
	const usual = known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
	for (let ahead = 1; ahead < position; ahead += 1) {
		free.push((free.shift() ?? 0) + usual);
		free.sort((a, b) => a - b);
	}
	return Math.round(free[0] ?? 0);
}
