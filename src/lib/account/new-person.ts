import * as v from 'valibot';
import { NewPerson } from '#contracts/account';
import { spoken } from '#language/spoken';
import { fieldProblems } from './form-problems.ts';

const NAMES = spoken(() => ({ name: 'The name', email: 'The address', password: 'The password' }));

type Read = { person: NewPerson; fields: null } | { person: null; fields: Record<string, string> };

/** What somebody who begins an account gave. */
export function readNewPerson(form: FormData): Read {
	const given = Object.fromEntries(
		['name', 'email', 'password'].map((key) => [key, form.get(key)])
	);
	const { success, output, issues } = v.safeParse(NewPerson, given);
	return success
		? { person: output, fields: null }
		: { person: null, fields: fieldProblems(issues, NAMES) };
}
