/** One that does not come keeps nobody waiting for longer. */
const MOST_MS = 1_500;

function isSeen(image: HTMLImageElement): boolean {
	const { top, bottom } = image.getBoundingClientRect();
	return bottom > 0 && top < innerHeight;
}

/** Resolves when every picture that one sees now is there, or will not come, or after a while. */
export async function picturesShown(): Promise<void> {
	const over = new AbortController();
	const missing = [...document.images].filter((image) => !image.complete && isSeen(image));
	const shown = missing.map(
		(image) =>
			new Promise<void>((resolve) => {
				for (const end of ['load', 'error']) {
					image.addEventListener(end, () => resolve(), { signal: over.signal });
				}
			})
	);
	const timer = setTimeout(() => over.abort(), MOST_MS);
	const late = new Promise((resolve) => over.signal.addEventListener('abort', resolve));
	await Promise.race([Promise.all(shown), late]);
	clearTimeout(timer);
	over.abort();
}
