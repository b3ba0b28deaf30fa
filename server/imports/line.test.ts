import { expect, test } from 'vitest';
import { lineUp, startsIn } from './line.ts';

const one = (id: string, personId: string, queuedAt: number) => ({ id, personId, queuedAt });
const ids = (line: readonly { id: string }[]) => line.map(({ id }) => id);

test('people alternate, however many imports one of them starts', () => {
	const waiting = [one('a1', 'a', 1), one('a2', 'a', 2), one('a3', 'a', 3), one('b1', 'b', 4)];

	expect(ids(lineUp(waiting, []))).toEqual(['a1', 'b1', 'a2', 'a3']);
	expect(ids(lineUp(waiting, [one('x', 'a', 0)]))).toEqual(['b1', 'a1', 'a2', 'a3']);
});

test('of two whose turn it is, who waited longer goes first', () => {
	expect(ids(lineUp([one('b', 'b', 2), one('a', 'a', 1)], []))).toEqual(['a', 'b']);
});

test('when a turn comes is said only when those that run can say when they end', () => {
	expect(startsIn(1, [60, 30], 2)).toBe(30);
	expect(startsIn(2, [60, 30], 2)).toBe(60);
	expect(startsIn(3, [60, 30], 2)).toBe(75);
	expect(startsIn(1, [60, null], 2)).toBeNull();
	expect(startsIn(1, [], 2)).toBeNull();
});
