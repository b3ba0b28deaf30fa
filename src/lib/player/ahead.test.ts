import { expect, test } from 'vitest';
import { isShort, mayFetchNext } from './ahead.ts';

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

test('the next track is fetched near the end, once this one is here whole', () => {
	const whole = [{ from: 0, to: 200 }];

	expect(mayFetchNext({ seconds: 180, duration, buffered: whole })).toBe(true);
	expect(mayFetchNext({ seconds: 100, duration, buffered: whole })).toBe(false);
	expect(mayFetchNext({ seconds: 180, duration, buffered: [{ from: 0, to: 190 }] })).toBe(false);
	expect(mayFetchNext({ seconds: 0, duration: 0, buffered: [] })).toBe(false);
});
