/** The equal-power crossfade, in a square of 32: a quarter of a cosine goes, a quarter of a sine comes. */
export const GOING = 'M4 7C12.69 7 20.17 16.27 28 26';
export const COMING = 'M4 26C11.83 16.27 19.31 7 28 7';
export const STROKE = 3.6;

/** What the round ends of the curves take on both sides. */
const MARGIN = 2;
const EDGE = 32;
/** A tab's picture is small: finer steps could not be seen and would only cost. */
const STEPS = 24;

/** How far from the left the curves are filled. */
export function filledWidth(progress: number): number {
	const part = Math.min(1, Math.max(0, progress));
	return Math.round((MARGIN + part * (EDGE - 2 * MARGIN)) * 100) / 100;
}

/** The mark as a picture for the tab, filled as far as the uploads have come. */
export function favicon(progress: number): string {
	const width = filledWidth(Math.round(progress * STEPS) / STEPS);
	const curves = (className: string) =>
		`<g class='${className}'><path class='g' d='${GOING}'/><path class='c' d='${COMING}'/></g>`;
	const svg =
		`<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke-width='${STROKE}' stroke-linecap='round'>` +
		'<style>.g{stroke:#2a221b}.c{stroke:#3f4fc4}.r{opacity:.25}@media(prefers-color-scheme:dark){.g{stroke:#f3ede2}.c{stroke:#a3b1ff}}</style>' +
		`<clipPath id='p'><rect width='${width}' height='32'/></clipPath>` +
		`${curves('r')}<g clip-path='url(#p)'>${curves('f')}</g></svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
