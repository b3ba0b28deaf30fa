import { expect, test } from 'vitest';
import { isShort } from './ahead.ts';

const duration = 200;

test('a player with little in hand is short of sound', () => {
	expect(isShort({ seconds: 10, duration, buffered: [{ from: 0, to: 12 }] })).toBe(true);
	expect(isShort({ seconds: 10, duration, buffered: [{ from: 0, to: 60 }] })).toBe(false);
});

test('what lies elsewhere is of no use here', () => {
	expect(isShort({ seconds: 100, duration, buffered: [{ from: 0, to: 60 }] })).toBe(true);
});

test('at the end nothing more is needed', () => {
	expect(isShort({ seconds: 198, duration, buffered: [{ from: 0, to: 199.9 }] })).toBe(false);
});
