import type { Kysely, Selectable } from 'kysely';
import type { Person } from '#contracts/account';
import { newId } from './ids.ts';
import type { CredentialKind, Database, PersonTable } from './schema.ts';

export interface NewPersonRow extends Omit<Person, 'id'> {
	passwordHash: string;
	now: number;
}

const toPerson = ({
	id,
	email,
	name,
	role
}: Pick<Selectable<PersonTable>, keyof Person>): Person => ({
	id,
	email,
	name,
	role
});

/** Who may come in, and what stands for them. */
export class People {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async hasOwner(): Promise<boolean> {
		const row = await this.#db
			.selectFrom('person')
			.select('id')
			.where('role', '=', 'owner')
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	async all(): Promise<Person[]> {
		const rows = await this.#db
			.selectFrom('person')
			.select(['id', 'email', 'name', 'role'])
			.orderBy('created_at')
			.orderBy('id')
			.limit(1000)
			.execute();
		return rows.map(toPerson);
	}

	async byId(id: string): Promise<Person | null> {
		const row = await this.#db
			.selectFrom('person')
			.select(['id', 'email', 'name', 'role'])
			.where('id', '=', id)
			.executeTakeFirst();
		return row ? toPerson(row) : null;
	}

	async byEmail(email: string): Promise<{ person: Person; passwordHash: string } | null> {
		const row = await this.#db
			.selectFrom('person')
			.selectAll()
			.where('email', '=', email.toLowerCase())
			.executeTakeFirst();
		return row ? { person: toPerson(row), passwordHash: row.password_hash } : null;
	}

	/** Null when the address is taken. */
	async add({ email, name, role, passwordHash, now }: NewPersonRow): Promise<Person | null> {
		const row = await this.#db
			.insertInto('person')
			.values({
				id: newId(),
				email: email.toLowerCase(),
				name,
				role,
				password_hash: passwordHash,
				created_at: now
			})
			.onConflict((conflict) => conflict.column('email').doNothing())
			.returningAll()
			.executeTakeFirst();
		return row ? toPerson(row) : null;
	}

	async byCredential(
		tokenHash: string,
		kinds: readonly CredentialKind[],
		now: number
	): Promise<{ person: Person; kind: CredentialKind } | null> {
		const row = await this.#db
			.selectFrom('credential')
			.innerJoin('person', 'person.id', 'credential.person_id')
			.select(['person.id', 'person.email', 'person.name', 'person.role', 'credential.kind'])
			.where('credential.token_hash', '=', tokenHash)
			.where('credential.kind', 'in', kinds)
			.where((where) =>
				where.or([
					where('credential.expires_at', 'is', null),
					where('credential.expires_at', '>', now)
				])
			)
			.executeTakeFirst();
		return row ? { person: toPerson(row), kind: row.kind } : null;
	}

	async addCredential(credential: {
		tokenHash: string;
		personId: string;
		kind: CredentialKind;
		now: number;
		expiresAt: number | null;
	}): Promise<void> {
		await this.#db
			.insertInto('credential')
			.values({
				token_hash: credential.tokenHash,
				person_id: credential.personId,
				kind: credential.kind,
				created_at: credential.now,
				expires_at: credential.expiresAt
			})
			.execute();
	}

	async removeCredential(tokenHash: string): Promise<void> {
		await this.#db.deleteFrom('credential').where('token_hash', '=', tokenHash).execute();
	}

	async removeExpiredCredentials(now: number): Promise<void> {
		await this.#db.deleteFrom('credential').where('expires_at', '<=', now).execute();
	}
}
