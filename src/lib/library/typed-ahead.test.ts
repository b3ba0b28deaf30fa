import { expect, test } from 'vitest';
import { typedAhead } from './typed-ahead.ts';

const NONE = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
const type = (keys: readonly string[]) =>
	keys.reduce((words, key) => typedAhead(words, { ...NONE, key }) ?? words, '');

test('letters of any script are kept in their order, and the last one is taken back', () => {
	expect(type([...'night'])).toBe('night');
	expect(type(['ж', 'é', ' ', '夜', 'Backspace', '𝄞'])).toBe('жé 𝄞');
	expect(type(['Backspace', 'a'])).toBe('a');
});

test('commands are no letters; what AltGr writes is one', () => {
	expect(type(['Shift', 'ArrowDown', 'Enter', 'Dead'])).toBe('');
	expect(typedAhead('a', { ...NONE, key: 'r', ctrlKey: true })).toBeNull();
	expect(typedAhead('a', { ...NONE, key: 'r', metaKey: true })).toBeNull();
	expect(typedAhead('a', { ...NONE, key: 'r', altKey: true })).toBeNull();
	expect(typedAhead('a', { ...NONE, key: '@', ctrlKey: true, altKey: true })).toBe('a@');
});
