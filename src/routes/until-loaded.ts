/** A part of the portal that did not load is asked for again after so long, or as soon as the network is back. */
const AGAIN_MS = 5_000;

/** Goes on trying; null when it is not wanted any more. */
export async function untilLoaded<T>(
	load: () => Promise<T>,
	signal: AbortSignal
): Promise<T | null> {
	while (!signal.aborted) {
		try {
			return await load();
		} catch {
			await nextChance(signal);
		}
	}
	return null;
}

function nextChance(signal: AbortSignal): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, AGAIN_MS);
	const over = new AbortController();
	globalThis.addEventListener?.('online', () => resolve(), { signal: over.signal });
	signal.addEventListener('abort', () => resolve(), { signal: over.signal });
	return promise.finally(() => {
		clearTimeout(timer);
		over.abort();
	});
}
