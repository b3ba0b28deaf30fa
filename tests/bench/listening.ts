import type { Page } from 'playwright-core';
import type { Place } from './slow-site.ts';

const LISTENED_MS = 15_000;
const SEEK_EVERY_MS = 5_000;
/** Further on than anything that a browser has ahead. */
const SEEKS_SECONDS = [500, 1_000];
const SAMPLE_MS = 20;

export interface Listening {
	/** From the click on Play until there was sound, and the same from each jump in the track; null when there never was any. */
	waitsMs: readonly (number | null)[];
	/** How often sound ended by itself, and for how long in all. */
	rebuffers: number;
	rebufferedMs: number;
	/** All the time in which there should have been sound and was none. */
	silentMs: number;
}

/** Plays what the page shows for a while, and jumps in it. Looks at the audio element alone. */
const SCRIPT = `(async ({ forMs, seekEveryMs, seeks, sampleMs, title }) => {
	const audio = document.querySelector('[data-testid="player"] audio');
	const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
	const waits = [];
	let asked = performance.now();
	let isAwaited = true;
	let rebuffers = 0;
	let rebuffered = 0;
	let silent = 0;
	let last = asked;
	const sample = () => {
		const now = performance.now();
		// Before the element knows its source it is no better than one that waits.
		const isSilent = isAwaited || (!audio.paused && audio.readyState < 3);
		if (isSilent) silent += now - last;
		if (isSilent && !isAwaited) rebuffered += now - last;
		last = now;
	};
	const sounds = () => {
		sample();
		if (isAwaited) waits.push(performance.now() - asked);
		isAwaited = false;
	};
	audio.addEventListener('playing', sounds);
	audio.addEventListener('waiting', () => {
		sample();
		if (!isAwaited) rebuffers += 1;
	});
	const timer = setInterval(sample, sampleMs);
	document.querySelector('main button[aria-label="Play ' + title + '"]').click();
	const end = asked + forMs;
	for (const [at, seconds] of seeks.entries()) {
		await pause(end - forMs + (at + 1) * seekEveryMs - performance.now());
		while (isAwaited && performance.now() < end) await pause(sampleMs);
		if (isAwaited) break;
		sample();
		isAwaited = true;
		asked = performance.now();
		audio.currentTime = seconds;
	}
	await pause(end - performance.now());
	sample();
	clearInterval(timer);
	if (isAwaited) waits.push(null);
	audio.pause();
	return { waitsMs: waits, rebuffers, rebufferedMs: rebuffered, silentMs: silent };
})`;

/** With the page of a record already shown. */
export function listen(page: Page, { title }: Place): Promise<Listening> {
	const asked = {
		title,
		forMs: LISTENED_MS,
		seekEveryMs: SEEK_EVERY_MS,
		seeks: SEEKS_SECONDS,
		sampleMs: SAMPLE_MS
	};
	return page.evaluate<Listening>(`${SCRIPT}(${JSON.stringify(asked)})`);
}
