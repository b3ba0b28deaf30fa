import type { Kysely } from 'kysely';

const COLUMNS = ['original_bits', 'original_hertz', 'original_depth', 'original_lossless'];

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	for (const column of COLUMNS) {
		await db.schema.alterTable('track').addColumn(column, 'integer').execute();
	}
}

export async function down(db: Kysely<any>) {
	for (const column of COLUMNS) {
		await db.schema.alterTable('track').dropColumn(column).execute();
	}
}
