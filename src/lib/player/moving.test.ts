import { expect, test } from 'vitest';
import { movedTo, placeUnder } from './moving.ts';

test('the others make way', () => {
	expect([movedTo(['a', 'b', 'c'], 0, 2), movedTo(['a', 'b', 'c'], 2, 0)]).toEqual([
		['b', 'c', 'a'],
		['c', 'a', 'b']
	]);
});

test('a finger beyond the list means its end', () => {
	expect([placeUnder(-9, 64, 3), placeUnder(70, 64, 3), placeUnder(999, 64, 3)]).toEqual([0, 1, 2]);
});
