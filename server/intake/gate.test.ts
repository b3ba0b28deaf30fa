import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

test('what needs the place empty is refused while somebody is inside, and others wait for it', async () => {
	const gate = new Gate();
	const said: string[] = [];
	const inside = Promise.withResolvers<void>();
	const working = gate.enter(() => inside.promise);
	expect(await gate.whileEmpty(async () => void said.push('too early'))).toBe(false);
	inside.resolve();
	await working;

	const erasing = Promise.withResolvers<void>();
	const closed = gate.whileEmpty(async () => {
		await erasing.promise;
		said.push('erased');
	});
	const next = gate.enter(async () => void said.push('entered'));
	erasing.resolve();
	await Promise.all([closed, next]);

	expect(said).toEqual(['erased', 'entered']);
});

test('a failure inside opens the gate again', async () => {
	const gate = new Gate();
	await expect(gate.enter(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
	await expect(gate.whileEmpty(() => Promise.reject(new Error('full')))).rejects.toThrow('full');

	expect(await gate.whileEmpty(async () => {})).toBe(true);
});
