import { expect, test } from 'vitest';
import { isSearchKey } from './search-key.ts';

const stroke = (key: string, more: Partial<KeyboardEvent> = {}) => ({
	...{ key, target: null, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
	...{ defaultPrevented: false, ...more }
});
const inside = { closest: () => ({}) } as unknown as EventTarget;

test('a slash searches, unless it is typed into something', () => {
	expect(isSearchKey(stroke('/'))).toBe(true);
	expect(isSearchKey(stroke('/', { shiftKey: true }))).toBe(true); // where the keyboard has it so
	expect(isSearchKey(stroke('/', { target: inside }))).toBe(false);
});

test('Ctrl+K and ⌘K search anywhere; a K alone, or with more, is for others', () => {
	expect(isSearchKey(stroke('k', { ctrlKey: true, target: inside }))).toBe(true);
	expect(isSearchKey(stroke('K', { metaKey: true }))).toBe(true);
	expect(isSearchKey(stroke('k'))).toBe(false);
	expect(isSearchKey(stroke('k', { ctrlKey: true, shiftKey: true }))).toBe(false);
	expect(isSearchKey(stroke('/', { defaultPrevented: true }))).toBe(false);
});
