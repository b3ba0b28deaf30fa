import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('what one name asks for is done in order, and other names do not wait', async () => {
	const turns = new Turns(8);
	const first = Promise.withResolvers<void>();
	const done: string[] = [];
	const work = (name: string, until?: Promise<void>) => async () => {
		await until;
		done.push(name);
	};

	const ada = [turns.take('ada', work('ada 1', first.promise)), turns.take('ada', work('ada 2'))];
	await turns.take('bea', work('bea'));
	first.resolve();
	await Promise.all(ada);

	expect(done).toEqual(['bea', 'ada 1', 'ada 2']);
});

test('what fails does not hold up the next', async () => {
	const turns = new Turns(8);

	const failed = turns.take('ada', () => Promise.reject(new Error('no')));
	const next = turns.take('ada', async () => 'yes');

	await expect(failed).rejects.toThrow('no');
	expect(await next).toBe('yes');
});

test('a line that is full takes nobody until somebody leaves it', async () => {
	const turns = new Turns(2);
	const first = Promise.withResolvers<void>();
	const waiting = [turns.take('ada', () => first.promise), turns.take('ada', async () => {})];

	await expect(turns.take('ada', async () => {})).rejects.toMatchObject({
		code: 'too_many_requests'
	});

	first.resolve();
	await Promise.all(waiting);
	await expect(turns.take('ada', async () => 'in')).resolves.toBe('in');
});
