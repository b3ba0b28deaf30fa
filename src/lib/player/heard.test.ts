import { expect, test } from 'vitest';
import { Heard } from './heard.ts';

/** Looks once a second while it sounds; @returns when it counted, in seconds. */
function listen(heard: Heard, seconds: number, from = 0): number | null {
	for (let at = from; at <= from + seconds; at += 1) {
		if (heard.look(true, at * 1000) !== null) return at - from;
	}
	return null;
}

test('a play is 30 seconds, or half of a shorter track', () => {
	expect(listen(new Heard(300), 60)).toBe(30);
	expect(listen(new Heard(40), 60)).toBe(20);
	expect(listen(new Heard(300), 29)).toBe(null);
});

test('it counts once', () => {
	const heard = new Heard(10);
	listen(heard, 5);

	expect(listen(heard, 100, 6)).toBe(null);
});

test('a pause and a computer that sleeps are not listened to', () => {
	const heard = new Heard(300);
	listen(heard, 20);
	heard.look(false, 20_000);
	heard.look(true, 500_000);

	expect(heard.look(true, 900_000)).toBe(null);
	expect(listen(heard, 10, 900)).not.toBe(null);
});
