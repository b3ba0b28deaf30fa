import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type {
	NewPerson,
	OpenInvite,
	PasswordChange,
	Person,
	Role,
	SignIn
} from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { CredentialKind } from '../catalogue/schema/people.ts';
import { Attempts } from './attempts.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SESSION_MS = 30 * DAY_MS;
/** Longer than any batch should take; a batch that takes longer asks for another. */
const UPLOAD_TOKEN_MS = 2 * DAY_MS;
const INVITE_MS = 7 * DAY_MS;

const SESSION_COOKIE = 'segue_session';
const API_PREFIX = 'sg_';

const SIGN_IN_LIMIT = { limit: 10, windowMs: 60_000 };
/** All of one address together: a household may have several people, a guesser tries many names. */
const PEER_LIMIT = { limit: 60, windowMs: 60_000 };

export interface Session {
	token: string;
	expiresAt: Date;
	person: Person;
}

interface AccountsOptions {
	catalogue: Catalogue;
	registration: 'invite' | 'closed' | 'open';
	now?: () => number;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Who is who: sessions, invitations, tokens. Tokens are random and kept only as their sha-256. */
export function createAccounts({ catalogue, registration, now = Date.now }: AccountsOptions) {
	const byAccount = new Attempts({ ...SIGN_IN_LIMIT, now });
	const byPeer = new Attempts({ ...PEER_LIMIT, now });
	// Compared against when there is no such person, so that the answer takes as long.
	const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

	async function grant(
		{ people }: Pick<Nouns, 'people'>,
		personId: string,
		kind: CredentialKind,
		lifeMs: number | null
	) {
		const token = (kind === 'api' ? API_PREFIX : '') + randomBytes(32).toString('base64url');
		const expiresAt = lifeMs === null ? null : now() + lifeMs;
		await people.addCredential({
			tokenHash: hashToken(token),
			personId,
			kind,
			now: now(),
			expiresAt
		});
		return { token, expiresAt };
	}

	async function open(nouns: Pick<Nouns, 'people'>, person: Person): Promise<Session> {
		const { token } = await grant(nouns, person.id, 'session', SESSION_MS);
		return { token, expiresAt: new Date(now() + SESSION_MS), person };
	}

	async function who(token: string | null, kinds: readonly CredentialKind[]) {
		if (token === null || token.length > 200) return null;
		return (await catalogue.people.byCredential(hashToken(token), kinds, now()))?.person ?? null;
	}

	return {
		hasOwner: () => catalogue.people.hasOwner(),
		people: () => catalogue.people.all(),

		/** The person behind a request to pages or the API: its session cookie, or an API token. */
		person: async (headers: Pick<IncomingHttpHeaders, 'cookie' | 'authorization'>) => {
			const bearer = bearerOf(headers.authorization);
			if (bearer !== null) return who(bearer, ['api']);
			return who(cookieOf(headers.cookie, SESSION_COOKIE), ['session']);
		},

		/** The person behind an upload: an upload token or an API token, never a cookie. */
		bearer: (headers: Pick<IncomingHttpHeaders, 'authorization'>) =>
			who(bearerOf(headers.authorization), ['upload', 'api']),

		/** @throws Problem wrong_credentials, the same for a wrong password and an unknown address; too_many_requests */
		async signIn({ email, password }: SignIn, peer: string): Promise<Session> {
			const address = peer.replace(/:\d+$/, '');
			const account = `${address} ${email.toLowerCase()}`;
			if (!byPeer.take(address) || !byAccount.take(account)) throw new Problem('too_many_requests');
			const found = await catalogue.people.byEmail(email);
			const isRight = await verifyPassword(password, found?.passwordHash ?? (await nobodysHash));
			if (!found || !isRight) throw new Problem('wrong_credentials');
			byAccount.clear(account);
			return open(catalogue, found.person);
		},

		signOut: (token: string) => catalogue.people.removeCredential(hashToken(token)),

		rename: (person: Person, name: string) => catalogue.people.setName(person.id, name),

		/**
		 * Whoever is signed in elsewhere is signed out there; what was made by the command line goes on.
		 * @param session the token of the session that goes on; null for none
		 * @throws Problem wrong_password, too_many_requests
		 */
		async changePassword(
			person: Person,
			{ password, chosen }: PasswordChange,
			session: string | null
		): Promise<void> {
			if (!byAccount.take(person.id)) throw new Problem('too_many_requests');
			const found = await catalogue.people.byEmail(person.email);
			if (!found || !(await verifyPassword(password, found.passwordHash))) {
				throw new Problem('wrong_password');
			}
			byAccount.clear(person.id);
			const passwordHash = await hashPassword(chosen);
			const kept = session === null ? null : hashToken(session);
			await catalogue.transaction(async ({ people }) => {
				await people.setPassword(person.id, passwordHash);
				// Uploads that go on ask for another token by themselves.
				await people.removeCredentials(person.id, ['session', 'upload'], kept);
			});
		},

		/** The right to send uploads, and to do nothing else. */
		async uploadToken(person: Person): Promise<{ token: string; expiresAt: Date }> {
			const { token } = await grant(catalogue, person.id, 'upload', UPLOAD_TOKEN_MS);
			return { token, expiresAt: new Date(now() + UPLOAD_TOKEN_MS) };
		},

		/** @throws Problem not_found */
		async apiToken(email: string): Promise<string> {
			const found = await catalogue.people.byEmail(email);
			if (!found) throw new Problem('not_found');
			return (await grant(catalogue, found.person.id, 'api', null)).token;
		},

		/** Makes the first link of a new portal; earlier ones stop working. Null once there is an owner. */
		async firstLink(): Promise<string | null> {
			if (await catalogue.people.hasOwner()) return null;
			const token = randomBytes(24).toString('base64url');
			await catalogue.transaction(async ({ invites }) => {
				await invites.removeFirst();
				await invites.add({
					tokenHash: hashToken(token),
					role: 'owner',
					createdBy: null,
					now: now(),
					expiresAt: now() + INVITE_MS
				});
			});
			return token;
		},

		/** @throws Problem forbidden unless the owner asks */
		async invite(by: Person, role: Role): Promise<{ token: string }> {
			if (by.role !== 'owner') throw new Problem('forbidden');
			if (registration === 'closed') throw new Problem('registration_closed');
			const token = randomBytes(24).toString('base64url');
			await catalogue.invites.add({
				tokenHash: hashToken(token),
				role,
				createdBy: by.id,
				now: now(),
				expiresAt: now() + INVITE_MS
			});
			return { token };
		},

		/** Links that nobody used yet. @throws Problem forbidden unless the owner asks */
		async openInvites(by: Person): Promise<OpenInvite[]> {
			if (by.role !== 'owner') throw new Problem('forbidden');
			const open = await catalogue.invites.listOpen(now());
			return open.map(({ tokenHash, expiresAt, ...invite }) => ({
				...invite,
				id: tokenHash,
				expiresAt: new Date(expiresAt).toISOString()
			}));
		},

		/** The link opens nothing from now on. @throws Problem forbidden unless the owner asks, not_found */
		async withdraw(by: Person, inviteId: string): Promise<void> {
			if (by.role !== 'owner') throw new Problem('forbidden');
			if (!(await catalogue.invites.withdraw(inviteId))) throw new Problem('not_found');
		},

		/**
		 * What a link would make of its user; null when it is used up or unknown.
		 * Without a link: what anybody may become here, who comes by themselves.
		 */
		async invitation(token: string | null): Promise<{ role: Role } | null> {
			if (token === null) return registration === 'open' ? { role: 'listener' } : null;
			const invite = await catalogue.invites.open(hashToken(token), now());
			return invite && { role: invite.role };
		},

		/** The first owner. @throws Problem already_set_up, link_used */
		async setUp(token: string, newPerson: NewPerson): Promise<Session> {
			// Asked before the password is hashed, which is slow on purpose; asked again when it counts.
			if (!(await catalogue.invites.open(hashToken(token), now()))) throw new Problem('link_used');
			const passwordHash = await hashPassword(newPerson.password);
			return catalogue.transaction(async (nouns) => {
				if (await nouns.people.hasOwner()) throw new Problem('already_set_up');
				const invite = await nouns.invites.open(hashToken(token), now());
				if (!invite?.isFirst) throw new Problem('link_used');
				await nouns.invites.use(hashToken(token), now());
				return open(nouns, await addPerson(nouns, newPerson, passwordHash, 'owner'));
			});
		},

		/** Somebody who was invited, or came by themselves. @throws Problem link_used, registration_closed, email_taken */
		async join(token: string | null, newPerson: NewPerson): Promise<Session> {
			if (token === null && registration !== 'open') throw new Problem('registration_closed');
			if (token !== null && !(await catalogue.invites.open(hashToken(token), now()))) {
				throw new Problem('link_used');
			}
			const passwordHash = await hashPassword(newPerson.password);
			return catalogue.transaction(async (nouns) => {
				if (token === null) {
					return open(nouns, await addPerson(nouns, newPerson, passwordHash, 'listener'));
				}
				const invite = await nouns.invites.open(hashToken(token), now());
				if (!invite || invite.isFirst) throw new Problem('link_used');
				await nouns.invites.use(hashToken(token), now());
				return open(nouns, await addPerson(nouns, newPerson, passwordHash, invite.role));
			});
		},

		/** @throws Problem email_taken */
		async add(newPerson: NewPerson & { role: Role }): Promise<Person> {
			const passwordHash = await hashPassword(newPerson.password);
			return addPerson(catalogue, newPerson, passwordHash, newPerson.role);
		},

		/** Makes the owner that the environment names, unless there is one. */
		async ensureOwner(owner: { email: string; password: string }): Promise<void> {
			if (await catalogue.people.hasOwner()) return;
			const passwordHash = await hashPassword(owner.password);
			const name = owner.email.split('@', 1)[0] ?? owner.email;
			await addPerson(catalogue, { email: owner.email, name }, passwordHash, 'owner');
		},

		sweep: () => catalogue.people.removeExpiredCredentials(now())
	};

	async function addPerson(
		{ people }: Pick<Nouns, 'people'>,
		{ email, name }: Pick<NewPerson, 'email' | 'name'>,
		passwordHash: string,
		role: Role
	): Promise<Person> {
		const person = await people.add({ email, name, role, passwordHash, now: now() });
		if (!person) throw new Problem('email_taken');
		return person;
	}
}

function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}

function bearerOf(authorization: string | undefined): string | null {
	return /^Bearer ([\w-]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function cookieOf(header: string | undefined, name: string): string | null {
	for (const pair of header?.split(';') ?? []) {
		const at = pair.indexOf('=');
		if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
	}
	return null;
}
