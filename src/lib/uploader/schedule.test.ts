import { expect, test } from 'vitest';
import { Schedule, type Priority } from './schedule.ts';

const filled = (...items: [item: string, group: string, priority?: Priority][]) => {
	const schedule = new Schedule<string>();
	for (const [item, group, priority = 'normal'] of items) schedule.add(item, { group, priority });
	return schedule;
};

test('a single that came late is not behind an album that came first', () => {
	const schedule = filled(['a1', 'album'], ['a2', 'album'], ['a3', 'album'], ['s', 'single']);

	expect(schedule.take(9)).toEqual(['a1', 's', 'a2', 'a3']);
});

test('three albums take turns, and each keeps its order', () => {
	const schedule = filled(['a1', 'a'], ['a2', 'a'], ['b1', 'b'], ['b2', 'b'], ['c1', 'c']);

	expect(schedule.take(9)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
});

test('what a person moved up goes first, what can wait goes last', () => {
	const schedule = filled(['bg', 'x', 'background'], ['n', 'x'], ['u', 'x', 'urgent']);

	expect(schedule.take(9)).toEqual(['u', 'n', 'bg']);
});

test('moving up takes the old place away', () => {
	const schedule = filled(['a1', 'a'], ['a2', 'a']);

	schedule.add('a2', { group: 'a', priority: 'urgent' });

	expect(schedule.size).toBe(2);
	expect(schedule.take(9)).toEqual(['a2', 'a1']);
});

test('what was put back is the very next', () => {
	const schedule = filled(['a1', 'a'], ['b1', 'b'], ['a2', 'a']);
	const first = schedule.next();
	expect(first).toBe('a1');

	schedule.putBack('a1', { group: 'a', priority: 'normal' });

	expect(schedule.take(9)).toEqual(['a1', 'b1', 'a2']);
});

test('what was removed never comes', () => {
	const schedule = filled(['a1', 'a'], ['a2', 'a']);

	schedule.remove('a1');
	schedule.remove('never added');

	expect(schedule.has('a1')).toBe(false);
	expect(schedule.take(9)).toEqual(['a2']);
	expect(schedule.next()).toBeUndefined();
});

test('ten thousand items in a thousand groups cost no more than their number', () => {
	const schedule = new Schedule<number>();
	for (let item = 0; item < 10_000; item++) {
		schedule.add(item, { group: String(item % 1000), priority: 'normal' });
	}

	const taken = schedule.take(10_000);

	expect(new Set(taken).size).toBe(10_000);
	expect(taken.slice(0, 1000)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
});
