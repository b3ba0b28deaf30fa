/** What came to the front meanwhile pushes others onto the next page too: each stands once, where it stood first. */
export function withoutRepeats<T extends { id: string }>(items: readonly T[]): T[] {
	const known = new Set<string>();
	return items.filter(({ id }) => !known.has(id) && known.add(id));
}
