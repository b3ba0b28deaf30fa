import type { Kysely } from 'kysely';
import type { Role } from '#contracts/account';
import type { Database } from './schema.ts';

export interface StoredInvite {
	tokenHash: string;
	role: Role;
	/** The author's name. */
	by: string;
	expiresAt: number;
}

/** Links that let one person in, once. The first owner's has no author. */
export class Invites {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async add(invite: {
		tokenHash: string;
		role: Role;
		createdBy: string | null;
		now: number;
		expiresAt: number;
	}): Promise<void> {
		await this.#db
			.insertInto('invite')
			.values({
				token_hash: invite.tokenHash,
				role: invite.role,
				created_by: invite.createdBy,
				created_at: invite.now,
				expires_at: invite.expiresAt,
				used_at: null
			})
			.execute();
	}

	async open(tokenHash: string, now: number): Promise<{ role: Role; isFirst: boolean } | null> {
		const row = await this.#db
			.selectFrom('invite')
			.select(['role', 'created_by'])
			.where('token_hash', '=', tokenHash)
			.where('used_at', 'is', null)
			.where('expires_at', '>', now)
			.executeTakeFirst();
		return row ? { role: row.role, isFirst: row.created_by === null } : null;
	}

	/** What owners handed out and nobody used, the newest first. */
	async listOpen(now: number): Promise<StoredInvite[]> {
		const rows = await this.#db
			.selectFrom('invite')
			.innerJoin('person', 'person.id', 'invite.created_by')
			.select(['invite.token_hash', 'invite.role', 'invite.expires_at', 'person.name'])
			.where('invite.used_at', 'is', null)
			.where('invite.expires_at', '>', now)
			.orderBy('invite.created_at', 'desc')
			.orderBy('invite.token_hash')
			.execute();
		return rows.map(({ token_hash: tokenHash, role, expires_at: expiresAt, name: by }) => ({
			...{ tokenHash, role, by, expiresAt }
		}));
	}

	/** True if it was open until now. */
	async withdraw(tokenHash: string): Promise<boolean> {
		const row = await this.#db
			.deleteFrom('invite')
			.where('token_hash', '=', tokenHash)
			.where('used_at', 'is', null)
			.where('created_by', 'is not', null)
			.returning('token_hash')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Of who is no owner any more: otherwise one of these would make them one again. */
	async withdrawAllOf(personId: string): Promise<void> {
		await this.#db
			.deleteFrom('invite')
			.where('created_by', '=', personId)
			.where('used_at', 'is', null)
			.execute();
	}

	/** True for the one caller who may use it. */
	async use(tokenHash: string, now: number): Promise<boolean> {
		const row = await this.#db
			.updateTable('invite')
			.set({ used_at: now })
			.where('token_hash', '=', tokenHash)
			.where('used_at', 'is', null)
			.where('expires_at', '>', now)
			.returning('token_hash')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** Earlier set-up links stop working when a new one is printed. */
	async removeFirst(): Promise<void> {
		await this.#db.deleteFrom('invite').where('created_by', 'is', null).execute();
	}
}
