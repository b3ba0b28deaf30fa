import { expect, test } from 'vitest';
import { commandOf } from './keys.ts';

/** In an element of this kind, or in one that lies in it. */
function press(key: string, within: string[] = [], more = {}) {
	const closest = (selector: string) =>
		within.some((name) =>
			selector.split(', ').some((one) => one === name || one.startsWith(`${name}:not(`))
		)
			? {}
			: null;
	return {
		key,
		target: { closest } as unknown as EventTarget,
		...{ ctrlKey: false, metaKey: false, altKey: false, repeat: false },
		...{ defaultPrevented: false, isComposing: false, ...more }
	};
}
const kindOf = (...how: Parameters<typeof press>) => commandOf(press(...how))?.kind ?? null;

test('each key does what the list of keys says', () => {
	const kinds = [' ', 'n', 'P', 'm', 'l', 'q', 's', 'R', '?'].map((key) => kindOf(key));

	expect(kinds).toEqual([
		...['toggle', 'next', 'previous', 'mute', 'like', 'queue', 'shuffle', 'repeat', 'help']
	]);
	expect(commandOf(press('ArrowLeft'))).toEqual({ kind: 'seek', bySeconds: -5 });
	expect(commandOf(press('ArrowUp'))).toEqual({ kind: 'volume', by: 0.05 });
});

test('while typing a letter is a letter', () => {
	for (const place of ['input', 'textarea', 'select', '[contenteditable]']) {
		expect(['n', ' ', '?', 'ArrowUp'].map((key) => kindOf(key, [place]))).toEqual([
			...[null, null, null, null]
		]);
	}
});

test('a control that has its own use for a key keeps it', () => {
	expect([kindOf(' ', ['button']), kindOf('n', ['button'])]).toEqual([null, 'next']);
	expect([kindOf('ArrowUp', ['[role="menu"]']), kindOf('ArrowUp', ['dialog'])]).toEqual([
		null,
		null
	]);
	expect(kindOf('ArrowUp', [], { defaultPrevented: true })).toBe(null);
});

test('with a modifier, in the middle of a sign, or held down it is not ours', () => {
	for (const more of [
		{ ctrlKey: true },
		{ metaKey: true },
		{ altKey: true },
		{ isComposing: true }
	]) {
		expect(kindOf('n', [], more)).toBe(null);
	}
	expect([kindOf('n', [], { repeat: true }), kindOf('ArrowUp', [], { repeat: true })]).toEqual([
		...[null, 'volume']
	]);
});
