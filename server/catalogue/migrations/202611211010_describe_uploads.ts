import { sql, type Kysely } from 'kysely';

// `any`: a migration is frozen, it must not follow today's schema.
export async function up(db: Kysely<any>) {
	await db.schema.alterTable('upload').addColumn('description', 'text').execute();
	await db.schema.alterTable('upload').addColumn('tags', 'text').execute();
	await db.schema
		.alterTable('upload')
		.addColumn('publish_said', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
	// Of tracks that are here nobody knows what the tags said: they count as saying what became of them.
	await sql`
		update upload set tags = (
			select json_object(
				'title', track.title, 'artist', artist.name,
				'albumArtist', release_artist.name, 'album', release.title,
				'trackNumber', track.track_number, 'discNumber', track.disc_number,
				'genre', null,
				'date', case when track.year is not null then printf('%04d', track.year) end
			)
			from track
			join artist on artist.id = track.artist_id
			left join release on release.id = track.release_id
			left join artist as release_artist on release_artist.id = release.artist_id
			where track.upload_id = upload.id
		)
	`.execute(db);
}

export async function down(db: Kysely<any>) {
	await db.schema.alterTable('upload').dropColumn('publish_said').execute();
	await db.schema.alterTable('upload').dropColumn('tags').execute();
	await db.schema.alterTable('upload').dropColumn('description').execute();
}
