import { expect, test } from 'vitest';
import { Marks } from './marks.ts';

function make({ liked = [] as string[] } = {}) {
	const saved: [string, boolean][] = [];
	const failed: string[] = [];
	const loads: string[][] = [];
	const waiting: (() => void)[] = [];
	const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
	const marks = new Marks({
		load: async (ids) => {
			loads.push([...ids]);
			return ids.filter((id) => liked.includes(id));
		},
		save: (id, isOn) => {
			saved.push([id, isOn]);
			return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
		},
		onchange: () => {},
		onfail: (name) => failed.push(name),
		wait: (run) => waiting.push(run)
	});
	return { marks, saved, failed, loads, waiting, answers };
}

test('what comes on the screen together is asked for together, and once', async () => {
	const { marks, loads, waiting } = make({ liked: ['b'] });

	for (const id of ['a', 'b', 'a']) marks.ask(id);
	waiting.forEach((run) => run());
	await Promise.resolve();
	marks.ask('b');

	expect(loads).toEqual([['a', 'b']]);
	expect([marks.isOn('a'), marks.isOn('b')]).toEqual([false, true]);
});

test('it shows at once, and goes back when the portal does not take it', async () => {
	const { marks, failed, answers } = make();

	const done = marks.set('a', true, 'A');
	expect(marks.isOn('a')).toBe(true);
	answers[0]?.reject(new Error('away'));
	await done;

	expect(marks.isOn('a')).toBe(false);
	expect(failed).toEqual(['A']);
});

test('of many presses the last one counts, and one request at a time is under way', async () => {
	const { marks, saved, answers } = make();

	const done = marks.set('a', true, 'A');
	void marks.set('a', false, 'A');
	void marks.set('a', true, 'A');
	void marks.set('a', false, 'A');
	expect(saved).toEqual([['a', true]]);
	answers[0]?.resolve();
	await Promise.resolve();
	await Promise.resolve();
	answers[1]?.resolve();
	await done;

	expect(saved).toEqual([
		['a', true],
		['a', false]
	]);
	expect(marks.isOn('a')).toBe(false);
});

test('an answer that was asked for before the press does not undo it', async () => {
	const { marks, waiting, answers } = make();

	marks.ask('a');
	const done = marks.set('a', true, 'A');
	waiting.forEach((run) => run());
	answers[0]?.resolve();
	await done;

	expect(marks.isOn('a')).toBe(true);
});
