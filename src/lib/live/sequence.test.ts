import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerEvent } from '#contracts/live';
import { Sequence } from './sequence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ready = (trackId: string): ServerEvent => ({ type: 'track_ready', trackId });
const reset: ServerEvent = { type: 'reset' };

function setUp() {
	const heard: (ServerEvent | 'first')[] = [];
	const sequence = new Sequence({
		onevents: (events) => heard.push(...events),
		onfirst: () => heard.push('first')
	});
	return { sequence, heard };
}

test('what happened before the first message is asked for elsewhere, once', () => {
	const { sequence, heard } = setUp();

	sequence.hear({ after: null, seq: 7, events: [] });
	sequence.hear({ after: 7, seq: 8, events: [ready('a')] });

	expect(heard).toEqual(['first', ready('a')]);
});

test('a page that was told late where now is reads everything afresh', () => {
	const { sequence, heard } = setUp();

	vi.setSystemTime(Date.now() + 5_000);
	sequence.hear({ after: null, seq: 7, events: [] });

	expect(heard).toEqual(['first', reset]);
});

test('a replay changes nothing', () => {
	const { sequence, heard } = setUp();
	sequence.hear({ after: 6, seq: 7, events: [ready('a')] });

	const outcome = sequence.hear({ after: 6, seq: 7, events: [ready('a')] });

	expect(outcome).toBe('repeated');
	expect(heard).toEqual(['first', ready('a')]);
});

test.each([
	['leaves something out', 8],
	['begins with what was heard', 5],
	['does not say where it begins', null]
])('of a message that %s nothing is handed over', (_what, after) => {
	const { sequence, heard } = setUp();
	sequence.hear({ after: null, seq: 7, events: [] });

	const outcome = sequence.hear({ after, seq: 9, events: [ready('a')] });

	expect(outcome).toBe('gap');
	expect(sequence.seq).toBe(7);
	expect(heard).toEqual(['first']);
});

test('a reset is heard although it counts backwards, and not twice', () => {
	const { sequence, heard } = setUp();
	sequence.hear({ after: null, seq: 700, events: [] });

	sequence.hear({ after: 700, seq: 3, events: [reset] });
	sequence.hear({ after: 700, seq: 3, events: [reset] });

	expect(heard).toEqual(['first', reset]);
	expect(sequence.seq).toBe(3);
});
