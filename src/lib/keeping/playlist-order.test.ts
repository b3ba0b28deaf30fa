import { expect, test } from 'vitest';
import { anchorAt, movedBehind, shuffled } from './playlist-order.ts';

const items = [...'abcd'].map((id) => ({ id }));
const word = (list: readonly { id: string }[]) => list.map(({ id }) => id).join('');

test.each([
	['a', 'c', 'bcad'],
	['d', null, 'dabc'],
	['b', 'a', 'abcd'],
	['c', 'd', 'abdc'],
	['c', 'c', 'abcd'],
	['x', 'a', 'abcd'],
	['a', 'x', 'abcd']
])('%s behind %s gives %s', (id, after, order) => {
	expect(word(movedBehind(items, id, after))).toBe(order);
});

test.each([
	['a', 2, 'c'],
	['d', 0, null],
	['b', 99, 'd'],
	['b', -5, null]
])('%s at %i stands behind %s', (id, index, after) => {
	expect(anchorAt(items, id, index)).toBe(after);
});

test('what is shuffled is all there', () => {
	const order = shuffled(items, () => 0);

	expect(word(order)).not.toBe('abcd');
	expect([...word(order)].sort().join('')).toBe('abcd');
});
