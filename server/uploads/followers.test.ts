import { expect, test } from 'vitest';
import { Followers } from './followers.ts';

/** Chunks in the order in which they had their turn. */
function setUp(options?: { waitMs: number }) {
	const followers = new Followers(options);
	const order: number[] = [];
	let there = 0;
	const come = (offset: number) =>
		followers.turn('a', offset, async () => there).then(() => void order.push(offset));
	const write = (offset: number) => {
		there = offset;
		followers.written('a', offset);
	};
	return { followers, order, come, write };
}

test('chunks have their turn by offset, in whichever order they come', async () => {
	const { order, come, write } = setUp();
	const all = [come(20), come(10), come(30)];

	write(10);
	await all[1];
	write(20);
	await all[0];
	write(30);
	await Promise.all(all);

	expect(order).toEqual([10, 20, 30]);
});

test('one that comes when the file is there already does not wait', async () => {
	const { come, write } = setUp();
	write(10);

	await come(10);
});

test('what is written while it looks is not missed', async () => {
	const followers = new Followers();
	const looking = Promise.withResolvers<number>();
	const turn = followers.turn('a', 10, () => looking.promise);

	followers.written('a', 10);
	looking.resolve(0);

	await turn;
});

test('behind a chunk that was lost nobody waits, and other uploads are not concerned', async () => {
	const { followers, order, come } = setUp();
	const [first, second] = [come(10), come(20)];
	let isOtherOver = false;
	void followers.turn('b', 10, async () => 0).then(() => (isOtherOver = true));

	followers.lost('a');
	await Promise.all([first, second]);

	expect(order.toSorted()).toEqual([10, 20]);
	expect(isOtherOver).toBe(false);
});

test('a chunk before it that never comes is not waited for without end', async () => {
	const { come } = setUp({ waitMs: 1 });

	await come(10);
});
