/** A file below something that was dropped: which root, and the names on the way down; none when it is the root. */
export interface Place {
	root: string;
	inside: readonly string[];
}
