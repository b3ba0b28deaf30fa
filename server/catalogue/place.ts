/** A place in a list that is ordered by a number and then by an id. */
export interface Place {
	at: number;
	id: string;
}

/** What a page is continued by. Opaque to whoever gets it. */
export function cursorOf({ at, id }: Place): string {
	return Buffer.from(`${at}:${id}`).toString('base64url');
}

/** Null for none, and for one that was not made here: then a list starts at its beginning. */
export function placeOf(cursor: string | null): Place | null {
	if (cursor === null || cursor.length > 100) return null;
	const match = /^(-?\d{1,15}):([0-9a-f]{1,32})$/.exec(Buffer.from(cursor, 'base64url').toString());
	return match?.[1] && match[2] ? { at: Number(match[1]), id: match[2] } : null;
}
