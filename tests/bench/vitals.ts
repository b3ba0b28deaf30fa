import type { Page } from 'playwright-core';

/** Between two shifts of one burst, and for the whole burst (web.dev/cls). */
const SHIFT_GAP_MS = 1_000;
const SHIFT_BURST_MS = 5_000;
/** No browser tells of what was shorter. */
const LEAST_INTERACTION_MS = 16;

const SCRIPT = `(() => {
	const vitals = (window.benchVitals = { lcp: null, cls: 0, interactions: {} });
	const watch = (type, more, see) =>
		new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true, ...more });
	watch('largest-contentful-paint', {}, ({ startTime }) => (vitals.lcp = startTime));
	let burst = { sum: 0, first: -Infinity, last: -Infinity };
	watch('layout-shift', {}, ({ value, startTime, hadRecentInput }) => {
		if (hadRecentInput) return;
		const goesOn = startTime - burst.last < ${SHIFT_GAP_MS} && startTime - burst.first < ${SHIFT_BURST_MS};
		if (!goesOn) burst = { sum: 0, first: startTime, last: startTime };
		burst.sum += value;
		burst.last = startTime;
		vitals.cls = Math.max(vitals.cls, burst.sum);
	});
	watch('event', { durationThreshold: ${LEAST_INTERACTION_MS} }, ({ interactionId, duration }) => {
		if (!interactionId) return;
		vitals.interactions[interactionId] = Math.max(vitals.interactions[interactionId] ?? 0, duration);
	});
})()`;

export interface Vitals {
	/** Milliseconds from the click on a link to here until the largest thing on the screen was drawn. */
	lcp: number | null;
	/** The worst burst of shifts that nobody asked for; no unit. */
	cls: number;
	/** Milliseconds of the slowest interaction, from the finger to the next frame; 16 or less is told as 16. */
	inp: number;
}

/** Before the page is opened. */
export const watchVitals = (page: Page) => page.addInitScript(SCRIPT);

export async function vitalsOf(page: Page): Promise<Vitals> {
	const { lcp, cls, interactions } = await page.evaluate<{
		lcp: number | null;
		cls: number;
		interactions: Record<string, number>;
	}>('benchVitals');
	return { lcp, cls, inp: Math.max(LEAST_INTERACTION_MS, ...Object.values(interactions)) };
}
