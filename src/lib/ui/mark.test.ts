import { expect, test } from 'vitest';
import { favicon, filledWidth } from './mark.ts';

test('the curves are filled from end to end', () => {
	expect([-1, 0, 0.5, 1, 2].map(filledWidth)).toEqual([2, 2, 16, 30, 30]);
});

test('the tab’s picture changes in steps', () => {
	expect(favicon(0.5)).toBe(favicon(0.505));
	expect(favicon(0.5)).not.toBe(favicon(0.6));
});

test('the tab’s picture is one address without quotes', () => {
	expect(favicon(0.3)).toMatch(/^data:image\/svg\+xml,[^"<>\s]+$/);
});
