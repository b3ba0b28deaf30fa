import { expect, test } from 'vitest';
import { isPlayKey } from './keys.ts';

/** An element that lies in one of these. */
function press(key: string, within: string[] = [], more = {}) {
	const closest = (selector: string) =>
		within.some((name) => selector.split(', ').includes(name)) ? {} : null;
	return {
		key,
		target: { closest } as unknown as EventTarget,
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		defaultPrevented: false,
		...more
	};
}

test('the space bar plays wherever nothing else is meant', () => {
	expect(isPlayKey(press(' '))).toBe(true);
	expect(isPlayKey(press(' ', ['a']))).toBe(true);
});

test('while typing and on buttons the space bar is a space bar', () => {
	for (const name of ['input', 'textarea', 'select', 'button', '[contenteditable]']) {
		expect(isPlayKey(press(' ', [name]))).toBe(false);
	}
});

test('other keys and combinations are left alone', () => {
	expect(isPlayKey(press('k'))).toBe(false);
	expect(isPlayKey(press(' ', [], { ctrlKey: true }))).toBe(false);
});
