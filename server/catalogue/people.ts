import { sql, type Kysely, type Selectable } from 'kysely';
import type { Person, Role } from '#contracts/account';
import { newId } from './ids.ts';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import type { Database } from './schema.ts';
import type { CredentialKind, PersonTable } from './schema/people.ts';

export interface NewPersonRow extends Omit<Person, 'id'> {
	passwordHash: string;
	now: number;
}

/** Somebody with an account, removed or not. Times are milliseconds since 1970. */
export interface StoredMember extends Person {
	createdAt: number;
	removedAt: number | null;
	/** Bytes; null for as much as everybody gets. */
	quota: number | null;
}

const memberColumns = [
	...(['id', 'email', 'name', 'role'] as const),
	...(['created_at as createdAt', 'removed_at as removedAt', 'quota_bytes as quota'] as const)
] as const;

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
			.where('removed_at', 'is', null)
			.limit(1)
			.executeTakeFirst();
		return row !== undefined;
	}

	async all(): Promise<Person[]> {
		const rows = await this.#db
			.selectFrom('person')
			.select(['id', 'email', 'name', 'role'])
			.where('removed_at', 'is', null)
			.orderBy('created_at')
			.orderBy('id')
			.limit(1000)
			.execute();
		return rows.map(toPerson);
	}

	/** Who came last is first. `cursor` is what the last page gave as `next`. */
	async page({
		cursor,
		limit
	}: {
		cursor: string | null;
		limit: number;
	}): Promise<{ people: StoredMember[]; next: string | null }> {
		const after = parseCursor(cursor);
		const rows = await this.#db
			.selectFrom('person')
			.select(memberColumns)
			.$if(after !== null, (query) =>
				query.where(sql<boolean>`(created_at, id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit + 1)
			.execute();
		const people = rows.slice(0, limit);
		const last = people.at(-1);
		return {
			people,
			next: rows.length > limit && last ? cursorAfter({ at: last.createdAt, id: last.id }) : null
		};
	}

	async member(id: string): Promise<StoredMember | null> {
		const row = await this.#db
			.selectFrom('person')
			.select(memberColumns)
			.where('id', '=', id)
			.executeTakeFirst();
		return row ?? null;
	}

	async owners(): Promise<number> {
		const row = await this.#db
			.selectFrom('person')
			.select(({ fn }) => fn.countAll<number>().as('n'))
			.where('role', '=', 'owner')
			.where('removed_at', 'is', null)
			.executeTakeFirstOrThrow();
		return row.n;
	}

	/** How many tracks each has, the bin left out. */
	async tracksOf(ids: readonly string[]): Promise<Map<string, number>> {
		if (ids.length === 0) return new Map();
		const rows = await this.#db
			.selectFrom('track')
			.select(({ fn }) => ['owner_id', fn.countAll<number>().as('n')])
			.where('owner_id', 'in', ids)
			.where('state', '!=', 'binned')
			.groupBy('owner_id')
			.execute();
		return new Map(rows.map(({ owner_id, n }) => [owner_id, n]));
	}

	async setName(id: string, name: string): Promise<void> {
		await this.#db.updateTable('person').set({ name }).where('id', '=', id).execute();
	}

	async setPassword(id: string, passwordHash: string): Promise<void> {
		await this.#db
			.updateTable('person')
			.set({ password_hash: passwordHash })
			.where('id', '=', id)
			.execute();
	}

	async setRole(id: string, role: Role): Promise<void> {
		await this.#db.updateTable('person').set({ role }).where('id', '=', id).execute();
	}

	/** What stands for them ends at once; they may be let back. */
	async remove(id: string, now: number): Promise<void> {
		await this.#db.updateTable('person').set({ removed_at: now }).where('id', '=', id).execute();
		await this.#db.deleteFrom('credential').where('person_id', '=', id).execute();
	}

	async letBack(id: string): Promise<void> {
		await this.#db.updateTable('person').set({ removed_at: null }).where('id', '=', id).execute();
	}

	/** Of who was removed before, nothing is kept that says who they were but the name that their music bears. */
	async forgetRemoved(before: number): Promise<void> {
		await this.#db
			.updateTable('person')
			.set({ email: sql<string>`'removed:' || id`, password_hash: '' })
			.where('removed_at', '<', before)
			.where('password_hash', '!=', '')
			.execute();
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
			.where('removed_at', 'is', null)
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
			.where('person.removed_at', 'is', null)
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

	/** @param keptHash the one that goes on; null for none */
	async removeCredentials(
		personId: string,
		kinds: readonly CredentialKind[],
		keptHash: string | null
	): Promise<void> {
		await this.#db
			.deleteFrom('credential')
			.where('person_id', '=', personId)
			.where('kind', 'in', kinds)
			.$if(keptHash !== null, (query) => query.where('token_hash', '!=', keptHash ?? ''))
			.execute();
	}

	async removeExpiredCredentials(now: number): Promise<void> {
		await this.#db.deleteFrom('credential').where('expires_at', '<=', now).execute();
	}
}
