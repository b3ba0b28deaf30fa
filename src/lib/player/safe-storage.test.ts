import { expect, test } from 'vitest';
import { safeStorage } from './safe-storage.ts';

test('what was written is read again', () => {
	const kept = new Map<string, string>();
	const storage = safeStorage(() => ({
		getItem: (name) => kept.get(name) ?? null,
		setItem: (name, value) => void kept.set(name, value)
	}));

	storage.write('volume', '0.5');

	expect(storage.read('volume')).toBe('0.5');
});

test('without storage nothing is remembered and nothing breaks', () => {
	const storage = safeStorage(() => {
		throw new DOMException('denied', 'SecurityError');
	});

	storage.write('volume', '0.5');

	expect(storage.read('volume')).toBe(null);
});
