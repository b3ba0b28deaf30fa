import type { Page } from 'playwright-core';
import type { Place } from './slow-site.ts';

/** So many at least, and for so long at least; but after a while no other visit begins. */
const LEAST_VISITS = 13;
const LEAST_MS = 6_000;
const MOST_MS = 10_000;
/** Nobody puts up with a page that takes longer. */
const VISIT_MS = 15_000;
/** For what is not measured. */
const PATIENCE_MS = 60_000;

export interface Visits {
	/** From the click until the page with its pictures was shown. The last may have been given up: it would have been longer. */
	ms: readonly number[];
	wasGivenUp: boolean;
}

/**
 * By the app's own links, as clicks do it: home, a release, home, another release. A page is shown when its heading and
 * every picture that one sees are there, and a frame has been drawn with them.
 */
const SCRIPT = `(async ({ home, releases, gapMs, leastVisits, leastMs, mostMs, visitMs }) => {
	const began = performance.now();
	const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
	const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
	const isSeen = (image) => {
		const { top, bottom } = image.getBoundingClientRect();
		return bottom > 0 && top < innerHeight;
	};
	const isShown = ({ path, title }) =>
		location.pathname === path &&
		[...document.querySelectorAll('main h1')].some(({ textContent }) => textContent.includes(title)) &&
		[...document.querySelectorAll('main img')].every((image) => image.complete || !isSeen(image));
	const go = async (place) => {
		const link = [...document.links].find(({ pathname }) => pathname === place.path);
		if (!link) throw new Error('no link to ' + place.path);
		const clicked = performance.now();
		const deadline = clicked + visitMs;
		link.click();
		do await frame(); while (!isShown(place) && performance.now() < deadline);
		const isFinished = isShown(place);
		await frame();
		return { ms: performance.now() - clicked, isFinished };
	};
	const all = [];
	let isFinished = true;
	for (let at = 0; isFinished; at += 1) {
		const passed = performance.now() - began;
		if (passed > mostMs || (passed > leastMs && all.length >= leastVisits)) break;
		const place = at % 2 === 0 ? releases[(at / 2) % releases.length] : home;
		const visit = await go(place);
		isFinished = visit.isFinished;
		all.push(visit.ms);
		if (isFinished) await pause(gapMs);
	}
	return { ms: all, wasGivenUp: !isFinished };
})`;

const GO_TO = `(async ({ home, place, patienceMs }) => {
	const deadline = performance.now() + patienceMs;
	const isAt = ({ path, title }) =>
		location.pathname === path &&
		[...document.querySelectorAll('main h1')].some(({ textContent }) => textContent.includes(title));
	const link = ({ path }) => [...document.links].find(({ pathname }) => pathname === path);
	for (const next of link(place) || isAt(place) ? [place] : [home, place]) {
		if (!isAt(next)) link(next).click();
		while (!isAt(next)) {
			if (performance.now() > deadline) throw new Error(next.path + ' never came');
			await new Promise((resolve) => requestAnimationFrame(resolve));
		}
	}
})`;

export const HOME: Place = { path: '/', title: 'Music' };

/** From wherever a page is, by way of the home page where need be. */
export function goTo(page: Page, place: Place): Promise<void> {
	return page.evaluate<void>(
		`${GO_TO}(${JSON.stringify({ home: HOME, place, patienceMs: PATIENCE_MS })})`
	);
}

/** Begins on the home page. @param options.gapMs between a page that is shown and the next click */
export async function goAbout(
	page: Page,
	{ releases, gapMs }: { releases: readonly Place[]; gapMs: number }
): Promise<Visits> {
	const limits = {
		leastVisits: LEAST_VISITS,
		leastMs: LEAST_MS,
		mostMs: MOST_MS,
		visitMs: VISIT_MS
	};
	return page.evaluate<Visits>(
		`${SCRIPT}(${JSON.stringify({ home: HOME, releases, gapMs, ...limits })})`
	);
}
