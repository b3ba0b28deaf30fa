/** Where a page of a list ends that is ordered by a time and then by an id. */
export interface PageEnd {
	at: number;
	id: string;
}

export function cursorAfter({ at, id }: PageEnd): string {
	return Buffer.from(`${at}:${id}`).toString('base64url');
}

/** Null for none, and for one that was not made here: then the list begins at its beginning. */
export function parseCursor(cursor: string | null): PageEnd | null {
	if (cursor === null) return null;
	const match = /^(\d{1,15}):([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString());
	return match?.[1] && match[2] ? { at: Number(match[1]), id: match[2] } : null;
}
