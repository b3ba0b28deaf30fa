import { expect, test } from 'vitest';
import { coverArt } from './cover-art.ts';

test('the same name is always printed the same', () => {
	expect(coverArt('Slow Weather')).toEqual(coverArt('Slow Weather'));
});

test('other names look different', () => {
	const prints = new Set(
		Array.from({ length: 50 }, (_, n) => JSON.stringify(coverArt(`release ${n}`)))
	);

	expect(prints.size).toBe(50);
});

test('its two colours are never neighbours', () => {
	for (const seed of ['', 'a', '雨', 'مطر', 'x'.repeat(500)]) {
		const { hue, secondHue } = coverArt(seed);
		const apart = Math.abs(hue - secondHue);
		expect(Math.min(apart, 360 - apart)).toBeGreaterThanOrEqual(70);
	}
});
