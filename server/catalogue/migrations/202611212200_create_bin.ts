import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema
		.createTable('bin_entry')
		.addColumn('id', 'text', (column) => column.primaryKey())
		.addColumn('owner_id', 'text', (column) => column.notNull().references('person.id'))
		.addColumn('release_id', 'text')
		.addColumn('name', 'text', (column) => column.notNull())
		.addColumn('artist', 'text', (column) => column.notNull())
		.addColumn('at', 'bigint', (column) => column.notNull())
		.execute();
	await db.schema
		.createIndex('bin_entry_owner')
		.on('bin_entry')
		.columns(['owner_id', 'at', 'id'])
		.execute();
	await db.schema.createIndex('bin_entry_age').on('bin_entry').columns(['at', 'id']).execute();
	await db.schema.alterTable('track').addColumn('bin_id', 'text').execute();
	await sql`create index track_bin on track (bin_id) where bin_id is not null`.execute(db);
	// Whose space, of what, in one look.
	await db.schema
		.createIndex('track_space')
		.on('track')
		.columns(['owner_id', 'state', 'original_size'])
		.execute();
	// Whether anybody still has these bytes.
	await db.schema
		.createIndex('track_original_bytes')
		.on('track')
		.column('original_sha256')
		.execute();
	await db.schema
		.createIndex('earlier_original_bytes')
		.on('earlier_original')
		.column('sha256')
		.execute();
	await db.schema
		.createIndex('folder_cover_picture')
		.on('folder_cover')
		.column('cover_hash')
		.execute();
	await sql`create index upload_track on upload (track_id) where track_id is not null`.execute(db);
	await db.schema
		.createTable('loose_file')
		.addColumn('kind', 'text', (column) => column.notNull())
		.addColumn('hash', 'text', (column) => column.notNull())
		.addPrimaryKeyConstraint('loose_file_key', ['kind', 'hash'])
		.execute();
}

export async function down(db: Kysely<any>) {
	await db.schema.dropTable('loose_file').execute();
	for (const index of [
		'upload_track',
		'folder_cover_picture',
		'earlier_original_bytes',
		'track_original_bytes',
		'track_space',
		'track_bin'
	]) {
		await db.schema.dropIndex(index).execute();
	}
	await db.schema.alterTable('track').dropColumn('bin_id').execute();
	await db.schema.dropTable('bin_entry').execute();
}
