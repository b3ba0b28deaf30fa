import { expect, test } from 'vitest';
import { gainOf } from './loudness.ts';

const track = (integrated: number | null, truePeak: number | null, releaseSlug = 'coast') => ({
	durationSeconds: 200,
	releaseSlug,
	loudness: { integrated, truePeak }
});
const decibels = (gain: number) => Math.round(20 * Math.log10(gain) * 10) / 10;

test('a loud track becomes quieter, a quiet one louder', () => {
	expect(decibels(gainOf(track(-8, 0.5), 'track'))).toBe(-8);
	expect(decibels(gainOf(track(-22, -12), 'track'))).toBe(6);
});

test('no peak comes above the ceiling', () => {
	expect(decibels(gainOf(track(-24, -3), 'track'))).toBe(2);
	expect(decibels(gainOf(track(-16, 0), 'track'))).toBe(-1);
});

test('in a release all have one gain, after the loudest peak and the mean of power', () => {
	const [quiet, loud] = [track(-30, -20), track(-10, -1)];

	const gains = [gainOf(quiet, 'release', [loud]), gainOf(loud, 'release', [quiet])];

	expect(gains.map(decibels)).toEqual([-3, -3]);
	expect(decibels(gainOf(quiet, 'release', [track(-10, -1, 'other')]))).toBe(14);
});

test('what is off, silent or not measured stays as it is', () => {
	expect(gainOf(track(-8, 0), 'off')).toBe(1);
	expect(gainOf(track(null, null), 'track')).toBe(1);
	expect(gainOf({ durationSeconds: 9, releaseSlug: null }, 'release')).toBe(1);
});
