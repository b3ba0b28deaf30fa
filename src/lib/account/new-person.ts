import * as v from 'valibot';
import { NewPerson } from '#contracts/account';
import { spoken } from '#language/spoken';
import { fieldProblems } from './form-problems.ts';

const NAMES = spoken(() => ({ name: 'The name', email: 'The address', password: 'The password' }));

/** What the form shows again when it cannot be taken: all but the password. */
type Given = Pick<NewPerson, 'name' | 'email'>;
type Read = { given: Given } & (
	{ person: NewPerson; fields: null } | { person: null; fields: Record<string, string> }
);

/** What somebody who begins an account gave. */
export function readNewPerson(form: FormData): Read {
	const given = { name: String(form.get('name') ?? ''), email: String(form.get('email') ?? '') };
	const said = Object.fromEntries(['name', 'email', 'password'].map((key) => [key, form.get(key)]));
	const { success, output, issues } = v.safeParse(NewPerson, said);
	return success
		? { given, person: output, fields: null }
		: { given, person: null, fields: fieldProblems(issues, NAMES) };
}
