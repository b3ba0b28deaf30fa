/** A track that appears for somebody, or is gone. */
export interface Shown {
	id: string;
	ownerId: string;
	/** Whether everybody finds it, or did until now. */
	isPublic: boolean;
}

/** Tracks that one event names. */
const NAMED_AT_ONCE = 200;

/**
 * Who hears of which tracks: of what is public everybody, of all else its artist alone. An unlisted track opens for who
 * knows its name, so nobody is told the name.
 */
export function byAudience(
	tracks: readonly Shown[]
): { personId: string | null; trackIds: string[] }[] {
	const audiences = Map.groupBy(tracks, ({ isPublic, ownerId }) => (isPublic ? null : ownerId));
	return [...audiences].flatMap(([personId, some]) =>
		Array.from({ length: Math.ceil(some.length / NAMED_AT_ONCE) }, (_, at) => ({
			personId,
			trackIds: some.slice(at * NAMED_AT_ONCE, (at + 1) * NAMED_AT_ONCE).map(({ id }) => id)
		}))
	);
}
