/** Runs this after a while; returns what takes it back. */
export function later(milliseconds: number, run: () => void): () => void {
	const timer = setTimeout(run, milliseconds);
	return () => clearTimeout(timer);
}
