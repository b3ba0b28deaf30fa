import type { Kysely } from 'kysely';
import type { Role } from '#contracts/account';
import type { Database } from './schema.ts';

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
