/** The same answer for a while. A failure is not remembered. */
export function remembered<T>(ask: () => Promise<T>, forMs: number): () => Promise<T> {
	let answer: Promise<T> | null = null;
	let askedAt = -Infinity;
	return () => {
		if (answer && performance.now() - askedAt < forMs) return answer;
		askedAt = performance.now();
		const asked = ask();
		asked.catch(() => (answer = null));
		return (answer = asked);
	};
}
