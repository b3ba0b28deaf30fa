import { readdirSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import type { Database } from './schema.ts';

const folder = new URL('./migrations/', import.meta.url);

const provider: MigrationProvider = {
	async getMigrations() {
		const migrations: Record<string, Migration> = {};
		for (const file of readdirSync(folder).sort()) {
			if (!file.endsWith('.ts')) continue;
			migrations[file.slice(0, -'.ts'.length)] = await import(new URL(file, folder).href);
		}
		return migrations;
	}
};

export function createMigrator(db: Kysely<Database>): Migrator {
	return new Migrator({ db, provider });
}

/**
 * Brings the schema up to date, all of it or nothing.
 * @throws Error with one sentence when the database is newer than this program, or a change fails
 */
export async function migrate(db: Kysely<Database>): Promise<void> {
	const migrator = createMigrator(db);
	const known = new Set(Object.keys(await provider.getMigrations()));
	const executed = await db.introspection
		.getTables({ withInternalKyselyTables: true })
		.then((tables) => tables.some(({ name }) => name === 'kysely_migration'));
	if (executed) {
		const rows = await db
			.withTables<{ kysely_migration: { name: string } }>()
			.selectFrom('kysely_migration')
			.select('name')
			.orderBy('name')
			.execute();
		const newer = rows.find(({ name }) => !known.has(name));
		if (newer) {
			throw new Error(
				`The database was written by a newer Segue (it knows "${newer.name}"). Start that version, or restore a backup of this one.`
			);
		}
	}
	const { error } = await migrator.migrateToLatest();
	if (error) throw new Error('The database could not be brought up to date.', { cause: error });
}
