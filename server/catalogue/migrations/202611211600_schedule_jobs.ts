import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	const table = () => db.schema.alterTable('job');
	await table().addColumn('owner_id', 'text').execute();
	await table()
		.addColumn('turn', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
	await table()
		.addColumn('added_at', 'bigint', (column) => column.notNull().defaultTo(0))
		.execute();
	await table().addColumn('cause', 'text').execute();
	await table().addColumn('first_failed_at', 'bigint').execute();
	await table().addColumn('last_failed_at', 'bigint').execute();
	await table().addColumn('dropped_at', 'bigint').execute();

	await sql`update job set added_at = run_at, owner_id =
		(select person_id from upload where upload.id = json_extract(job.payload, '$.uploadId'))`.execute(
		db
	);
	await sql`update job set turn = ordered.turn from (
		select id, row_number() over (partition by owner_id, priority order by run_at, id) as turn from job
	) as ordered where ordered.id = job.id`.execute(db);
	await sql`update job set cause = 'unexpected', first_failed_at = run_at, last_failed_at = run_at
		where state = 'dead'`.execute(db);

	// Who is next: read from its beginning, however many wait.
	await db.schema
		.createIndex('job_turn')
		.on('job')
		.columns(['state', 'priority', 'turn', 'run_at'])
		.execute();
	await db.schema
		.createIndex('job_owner')
		.on('job')
		.columns(['owner_id', 'priority', 'state', 'turn'])
		.execute();
	await db.schema
		.createIndex('job_cause')
		.on('job')
		.columns(['state', 'kind', 'cause', 'last_failed_at'])
		.execute();
}

export async function down(db: Kysely<any>) {
	for (const index of ['job_cause', 'job_owner', 'job_turn']) {
		await db.schema.dropIndex(index).execute();
	}
	// What was dropped is known to no earlier version.
	await db.deleteFrom('job').where('state', '=', 'dropped').execute();
	for (const column of [
		'dropped_at',
		'last_failed_at',
		'first_failed_at',
		'cause',
		'added_at',
		'turn',
		'owner_id'
	]) {
		await db.schema.alterTable('job').dropColumn(column).execute();
	}
}
