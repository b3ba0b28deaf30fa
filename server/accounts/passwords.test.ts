import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password opens its own hash and no other does', async () => {
	const hash = await hashPassword('correct horse');

	expect(await verifyPassword('correct horse', hash)).toBe(true);
	expect(await verifyPassword('correct horsE', hash)).toBe(false);
});

test('two hashes of one password differ', async () => {
	expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse'));
});

test('what is not a hash opens for nobody', async () => {
	expect(await verifyPassword('', '')).toBe(false);
	expect(await verifyPassword('x', '$argon2id$v=19$m=1,t=1,p=1$$')).toBe(false);
});
