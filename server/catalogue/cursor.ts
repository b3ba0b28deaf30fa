type Kind = 'number' | 'string';

/** Where a page ended, as its address says it. */
export function cursorOf(place: readonly (string | number)[]): string {
	return Buffer.from(JSON.stringify(place)).toString('base64url');
}

const MAX_LENGTH = 16_384;

/**
 * @param shape of what the place must be made of, such as `['number', 'string']`
 * @returns null for what was not made here
 */
export function placeOf<Place extends readonly (string | number)[]>(
	cursor: string | null,
	shape: readonly Kind[]
): Place | null {
	if (cursor === null || cursor.length > MAX_LENGTH) return null;
	let place: unknown;
	try {
		place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
	} catch {
		return null;
	}
	const fits =
		Array.isArray(place) &&
		place.length === shape.length &&
		place.every((value, at) => typeof value === shape[at]);
	return fits ? (place as unknown as Place) : null;
}
