/** So many seconds of it were heard. Nobody waits for it, and nobody is told when it fails. */
export function countPlay(
	trackId: string,
	seconds: number,
	fetch: typeof globalThis.fetch = (...asked) => globalThis.fetch(...asked)
) {
	fetch('/api/plays', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ trackId, seconds }),
		keepalive: true
	}).catch(() => {}); // a play that is not counted disturbs nobody who listens
}
