import * as v from 'valibot';

export const ROLES = ['owner', 'artist', 'listener'] as const;
export type Role = (typeof ROLES)[number];

/** Who is signed in, as pages see it. */
export interface Person {
	id: string;
	email: string;
	name: string;
	role: Role;
}

export const MIN_PASSWORD_LENGTH = 10;
const MAX_PASSWORD_LENGTH = 500;

export const Email = v.pipe(
	v.string(() => 'must be text'),
	v.trim(),
	v.toLowerCase(),
	v.maxLength(254, () => 'is too long'),
	v.email(() => 'is not an e-mail address')
);
const Password = v.pipe(
	v.string(() => 'must be text'),
	v.maxLength(MAX_PASSWORD_LENGTH, () => 'is too long')
);
/** A password that is being chosen. */
export const NewPassword = v.pipe(
	Password,
	v.minLength(MIN_PASSWORD_LENGTH, () => `needs at least ${MIN_PASSWORD_LENGTH} characters`)
);

export const SignIn = v.object({ email: Email, password: Password });
export type SignIn = v.InferOutput<typeof SignIn>;

const PersonName = v.pipe(
	v.string(() => 'must be text'),
	v.trim(),
	v.minLength(1, () => 'is missing'),
	v.maxLength(200, () => 'is too long')
);

/** What the first owner and everybody who was invited gives. */
export const NewPerson = v.object({
	name: PersonName,
	email: Email,
	password: NewPassword
});
export type NewPerson = v.InferOutput<typeof NewPerson>;

export const NewName = v.object({ name: PersonName });

/** The password that holds now, and the one that is chosen instead. */
export const PasswordChange = v.object({ password: Password, chosen: NewPassword });
export type PasswordChange = v.InferOutput<typeof PasswordChange>;

export const NewInvite = v.object({ role: v.picklist(ROLES, () => 'is not a role') });

/** A link that still lets somebody in. */
export interface OpenInvite {
	/** Opens nothing: the sha-256 of what the link holds. */
	id: string;
	role: Role;
	/** The name of the owner who made it. */
	by: string;
	/** ISO 8601. */
	expiresAt: string;
}
