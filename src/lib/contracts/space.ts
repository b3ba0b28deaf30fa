/** What somebody's music takes, in bytes. */
export interface Space {
	/** What they uploaded and is theirs to play. */
	originals: number;
	/** Kept of tracks that got a better original since. */
	earlier: number;
	/** Deleted, and not erased yet. */
	bin: number;
	/** Promised to uploads that are under way. */
	incoming: number;
	/** What all of that may come to; null when nobody set a limit. */
	quota: number | null;
}

export const usedBytes = ({ originals, earlier, bin, incoming }: Space): number =>
	originals + earlier + bin + incoming;
