import { expect, test } from 'vitest';
import { bytes, clock, count, percent, playingTime, rate, spokenTime, timeLeft } from './format.ts';

test('a clock has hours only when there are any', () => {
	expect([0, 7.9, 187, 3600, 3765].map(clock)).toEqual([
		'0:00',
		'0:07',
		'3:07',
		'1:00:00',
		'1:02:45'
	]);
});

test('a clock without a known time stands at zero', () => {
	expect([NaN, Infinity, -3].map(clock)).toEqual(['0:00', '0:00', '0:00']);
});

test('a release says minutes, then hours', () => {
	expect([20, 48 * 60, 3600, 4320].map(playingTime)).toEqual([
		'1 min',
		'48 min',
		'1 h',
		'1 h 12 min'
	]);
});

test('a screen reader hears whole words', () => {
	expect([0, 61, 3602].map(spokenTime)).toEqual([
		'0 seconds',
		'1 minute 1 second',
		'1 hour 2 seconds'
	]);
});

test('sizes are decimal and short', () => {
	expect([0, 812, 20_000, 3_200_000_000, 999_960_000, 5e15].map(bytes)).toEqual([
		'0 B',
		'812 B',
		'20 kB',
		'3.2 GB',
		'1 GB',
		'5000 TB'
	]);
});

test('a rate is in bits, as lines are sold', () => {
	expect([10, 50_000, 150_000, 2_250_000].map(rate)).toEqual([
		'1 kbit/s',
		'400 kbit/s',
		'1.2 Mbit/s',
		'18 Mbit/s'
	]);
});

test('the time left is rounded, so that it does not flicker', () => {
	expect([4, 41, 220, 40 * 3600].map(timeLeft)).toEqual([
		'a few seconds left',
		'50 s left',
		'4 min left',
		'about 40 hours left'
	]);
});

test('one thing is singular', () => {
	expect([count(1, 'track'), count(1024, 'track')]).toEqual(['1 track', '1,024 tracks']);
});

test('a part of nothing is nothing', () => {
	expect([percent(1, 0), percent(999, 1000), percent(5, 4)]).toEqual([0, 99, 100]);
});
