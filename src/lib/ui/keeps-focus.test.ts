import { expect, test } from 'vitest';
import { nearestFirst } from './keeps-focus.ts';

test('what took the place of a button is asked first, then what follows, then what went before', () => {
	expect(nearestFirst(['a', 'b', 'c', 'd'], 2)).toEqual(['c', 'd', 'b', 'a']);
	expect(nearestFirst(['a', 'b'], 2)).toEqual(['b', 'a']);
	expect(nearestFirst([], 0)).toEqual([]);
});
