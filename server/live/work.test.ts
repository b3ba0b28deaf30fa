import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerEvent } from '#contracts/live';
import type { Log } from '../ops/log.ts';
import { createWork, type Work } from './work.ts';

const BEAT_MS = 250;
const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let work: Work;
let said: { personId: string; event: ServerEvent; earlier: number | null }[];

beforeEach(() => {
	vi.useFakeTimers();
	said = [];
	work = createWork({
		live: {
			async sayInPlace(personId, event, earlier) {
				said.push({ personId, event, earlier });
				return said.length;
			}
		},
		log
	});
});
afterEach(() => {
	work.close();
	vi.useRealTimers();
});

const beats = (n: number) => vi.advanceTimersByTimeAsync(n * BEAT_MS);
const file = (uploadId: string) => ({ personId: 'ada', uploadId });
const working = (uploadId: string, stage: string, trackId: string | null = null) => ({
	...{ uploadId, trackId, stage }
});
const words = () => said.map(({ event }) => event.type === 'work_changed' && event.work);

test('each stage that lasts is told once, and so is the end; each takes the place of the one before', async () => {
	const bench = work.begin(file('one'), 'verify');
	await beats(3.5);
	bench.enter('encode');
	await beats(8);
	bench.end();
	await beats(2);

	expect(words()).toEqual([[working('one', 'verify')], [working('one', 'encode')], []]);
	expect(said.map(({ earlier }) => earlier)).toEqual([null, 1, 2]);
});

test('ten thousand files that are quickly done are not a word each', async () => {
	for (let at = 0; at < 10_000; at += 1) {
		const bench = work.begin(file(`${at}`), 'verify');
		for (const stage of ['identify', 'tags', 'cover', 'compare'] as const) {
			if (at % 20 === 0) await vi.advanceTimersByTimeAsync(10);
			bench.enter(stage);
		}
		bench.end();
	}
	await beats(2);

	// That nothing lasts is said once: somebody may have heard something else of another process.
	expect(words()).toEqual([[]]);
});

test('what a person does not own they do not hear of', async () => {
	work.begin(file('one'), 'verify');
	work.begin({ personId: 'bob', uploadId: 'two', trackId: 'song' }, 'measure');
	await beats(3);

	expect(work.of('ada')).toEqual([working('one', 'verify')]);
	expect(work.of('bob')).toEqual([working('two', 'measure', 'song')]);
	expect(said.map(({ personId }) => personId).sort()).toEqual(['ada', 'bob']);
});
