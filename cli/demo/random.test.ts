import { expect, test } from 'vitest';
import { Random } from './random.ts';

const numbers = (random: Random) => Array.from({ length: 2_000 }, () => random.next());

test('the same words give the same numbers, others give others', () => {
	expect(numbers(new Random('a', 1))).toEqual(numbers(new Random('a', 1)));
	expect(numbers(new Random('a', 1))).not.toEqual(numbers(new Random('a', 2)));
	// Words are told apart, not run together.
	expect(numbers(new Random('a', '12'))).not.toEqual(numbers(new Random('a1', '2')));
});

test('numbers are spread evenly from 0 to below 1', () => {
	const all = numbers(new Random('spread'));
	const tenths = Array.from({ length: 10 }, (_, tenth) =>
		all.filter((number) => Math.floor(number * 10) === tenth)
	);

	for (const tenth of tenths) expect(tenth.length).toBeGreaterThan(140);
	expect(tenths.flat()).toHaveLength(2_000);
});

test('a shuffled list has everything that it had', () => {
	const list = [1, 2, 3, 4, 5, 6, 7, 8];

	expect(new Random('cards').shuffled(list).sort()).toEqual(list);
});
