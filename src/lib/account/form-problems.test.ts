import * as v from 'valibot';
import { expect, test } from 'vitest';
import { NewPerson } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { fieldProblems, refusal } from './form-problems.ts';

test('each field says what is wrong with it, once', () => {
	const { issues } = v.safeParse(NewPerson, { name: ' ', email: 'nobody', password: 'short' });

	const fields = fieldProblems(issues ?? [], { name: 'The name', password: 'The password' });

	expect(fields).toEqual({
		name: 'The name is missing.',
		email: 'email is not an e-mail address.',
		password: 'The password needs at least 10 characters.'
	});
});

test('a refusal keeps its code and status', () => {
	expect(refusal(new Problem('email_taken'))).toEqual({ status: 409, code: 'email_taken' });
});

test('what was not foreseen is thrown on', () => {
	expect(() => refusal(new TypeError('oops'))).toThrow('oops');
});
