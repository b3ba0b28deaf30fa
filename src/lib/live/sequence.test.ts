import { expect, test } from 'vitest';
import type { ServerEvent } from '#contracts/live';
import { Sequence } from './sequence.ts';

const ready = (trackId: string): ServerEvent => ({ type: 'track_ready', trackId });
const reset: ServerEvent = { type: 'reset' };

function setUp(from: number | null = null) {
	const heard: (ServerEvent | 'first')[] = [];
	const sequence = new Sequence({
		from,
		onevents: (events) => heard.push(...events),
		onfirst: () => heard.push('first')
	});
	return { sequence, heard };
}

test('what happened since the page was made is heard, however late the line was there', () => {
	const { sequence, heard } = setUp(5);

	const early = sequence.hear({ after: 5, seq: 7, events: [ready('a')] });
	const later = sequence.hear({ after: 7, seq: 8, events: [ready('b')] });

	expect([early, later]).toEqual(['heard', 'heard']);
	expect(heard).toEqual(['first', ready('a'), ready('b')]);
});

test('where another tab stands says nothing of what happened since this page was made', () => {
	const { sequence, heard } = setUp(5);

	const outcome = sequence.hear({ after: 7, seq: 7, events: [] });

	expect(outcome).toBe('gap');
	expect(sequence.seq).toBe(5);
	expect(heard).toEqual(['first']);
});

test('a page that does not know how old it is reads everything afresh', () => {
	const { sequence, heard } = setUp();

	sequence.hear({ after: null, seq: 7, events: [] });

	expect(heard).toEqual(['first', reset]);
});

test('a replay changes nothing', () => {
	const { sequence, heard } = setUp(6);
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
	const { sequence, heard } = setUp(7);
	sequence.hear({ after: 7, seq: 7, events: [] });

	const outcome = sequence.hear({ after, seq: 9, events: [ready('a')] });

	expect(outcome).toBe('gap');
	expect(sequence.seq).toBe(7);
	expect(heard).toEqual(['first']);
});

test('a reset is heard although it counts backwards, and not twice', () => {
	const { sequence, heard } = setUp(700);
	sequence.hear({ after: 700, seq: 700, events: [] });

	sequence.hear({ after: 700, seq: 3, events: [reset] });
	sequence.hear({ after: 700, seq: 3, events: [reset] });

	expect(heard).toEqual(['first', reset]);
	expect(sequence.seq).toBe(3);
});
