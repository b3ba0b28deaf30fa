import { expect, test } from 'vitest';
import { makeWish, takeWish, type WishStore } from './wish.ts';

function memory(): WishStore {
	const kept = new Map<string, string>();
	return {
		getItem: (key) => kept.get(key) ?? null,
		setItem: (key, value) => void kept.set(key, value),
		removeItem: (key) => void kept.delete(key)
	};
}
const wish = { kind: 'like', track: { id: 'a', title: 'Harbour' } } as const;

test('a wish is granted once', () => {
	const store = memory();
	makeWish(store, wish);

	expect(takeWish(store)).toEqual(wish);
	expect(takeWish(store)).toBeNull();
});

test('an old wish and a broken one are forgotten', () => {
	const store = memory();
	makeWish(store, wish, 0);
	expect(takeWish(store, 31 * 60_000)).toBeNull();

	store.setItem('segue.wish', '{"wish":');
	expect(takeWish(store)).toBeNull();
});
