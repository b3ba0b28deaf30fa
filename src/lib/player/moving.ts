/** The same list with one entry at another place. */
export function movedTo<T>(all: readonly T[], from: number, to: number): readonly T[] {
	const moved = [...all];
	const taken = moved.splice(from, 1);
	moved.splice(to, 0, ...taken);
	return moved;
}

/** Over which of so many equal rows a finger is; one that left the list stays at its end. */
export function placeUnder(pixels: number, rowPixels: number, rows: number): number {
	return Math.max(0, Math.min(rows - 1, Math.floor(pixels / rowPixels)));
}
