/** A list with one of its things behind another, or at the beginning. */
export function movedBehind<T extends { id: string }>(
	items: readonly T[],
	itemId: string,
	after: string | null
): T[] {
	const item = items.find(({ id }) => id === itemId);
	if (!item || itemId === after) return [...items];
	const rest = items.filter(({ id }) => id !== itemId);
	const at = after === null ? 0 : rest.findIndex(({ id }) => id === after) + 1;
	return after !== null && at === 0 ? [...items] : rest.toSpliced(at, 0, item);
}

/** Behind what something stands that comes to this index; null at the beginning. */
export function anchorAt(
	items: readonly { id: string }[],
	itemId: string,
	index: number
): string | null {
	const rest = items.filter(({ id }) => id !== itemId);
	const at = Math.max(0, Math.min(index, rest.length));
	return rest[at - 1]?.id ?? null;
}

/** The same things in another order, each order as likely. */
export function shuffled<T>(all: readonly T[], random = Math.random): T[] {
	const order = [...all];
	for (let at = order.length - 1; at > 0; at--) {
		const other = Math.floor(random() * (at + 1));
		const [one, two] = [order[at], order[other]];
		if (one !== undefined && two !== undefined) [order[at], order[other]] = [two, one];
	}
	return order;
}

/** A list with a further part of it; what was moved meanwhile may be in both, and stays where it is. */
export function joined<T extends { id: string }>(items: readonly T[], more: readonly T[]): T[] {
	const known = new Set(items.map(({ id }) => id));
	return [...items, ...more.filter(({ id }) => !known.has(id))];
}
