import { sql, type Kysely } from 'kysely';
import type { NewReport, Report, ReportPage, ReportState } from '#contracts/report';
import { newId } from './ids.ts';
import { cursorAfter, parseCursor } from './page-cursor.ts';
import type { Database } from './schema.ts';

/** Written out: what everybody may open, whether or not it is in lists. */
const isOpen = sql<boolean>`track.state = 'ready' and track.visibility in ('public', 'unlisted')`;

/** What listeners say is wrong. */
export class Reports {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** What it is called, if everybody may open it. */
	async targetOf({
		kind,
		id
	}: Pick<NewReport, 'kind' | 'id'>): Promise<{ name: string; artist: string } | null> {
		const row =
			kind === 'track'
				? await this.#db
						.selectFrom('track')
						.innerJoin('artist', 'artist.id', 'track.artist_id')
						.select(['track.title as name', 'artist.name as artist'])
						.where('track.id', '=', id)
						.where(isOpen)
						.executeTakeFirst()
				: await this.#db
						.selectFrom('release')
						.innerJoin('artist', 'artist.id', 'release.artist_id')
						.select(['release.title as name', 'artist.name as artist'])
						.where('release.id', '=', id)
						.where(({ exists, selectFrom }) =>
							exists(
								selectFrom('track')
									.select('track.id')
									.whereRef('track.release_id', '=', 'release.id')
									.where(isOpen)
							)
						)
						.executeTakeFirst();
		return row ?? null;
	}

	/** What one person said of a thing already, and nobody has looked at, is not written down again. */
	async add(
		report: NewReport & { name: string; artist: string; reporterId: string | null; now: number }
	): Promise<void> {
		const { reporterId } = report;
		if (reporterId !== null) {
			const known = await this.#db
				.selectFrom('report')
				.select('id')
				.where('target_id', '=', report.id)
				.where('reporter_id', '=', reporterId)
				.where('state', '=', 'open')
				.limit(1)
				.executeTakeFirst();
			if (known) return;
		}
		await this.#db
			.insertInto('report')
			.values({
				id: newId(),
				kind: report.kind,
				target_id: report.id,
				name: report.name,
				artist: report.artist,
				reason: report.reason,
				text: report.text || null,
				reporter_id: reporterId,
				state: 'open',
				created_at: report.now
			})
			.execute();
	}

	/** How many wait, up to a number that says enough. */
	async open(most: number): Promise<number> {
		const rows = await this.#db
			.selectFrom('report')
			.select('id')
			.where('state', '=', 'open')
			.limit(most)
			.execute();
		return rows.length;
	}

	/** False when there is none. */
	async move(id: string, state: ReportState): Promise<boolean> {
		const row = await this.#db
			.updateTable('report')
			.set({ state })
			.where('id', '=', id)
			.returning('id')
			.executeTakeFirst();
		return row !== undefined;
	}

	/** All that is open about one thing. */
	async closeAbout(targetId: string): Promise<void> {
		await this.#db
			.updateTable('report')
			.set({ state: 'closed' })
			.where('target_id', '=', targetId)
			.where('state', '=', 'open')
			.execute();
	}

	/** Newest first. `cursor` is what the last page gave as `next`. */
	async page(
		state: ReportState,
		{ cursor, limit }: { cursor: string | null; limit: number }
	): Promise<ReportPage> {
		const after = parseCursor(cursor);
		const rows = await this.#db
			.selectFrom('report')
			.leftJoin('track', (join) =>
				join.onRef('track.id', '=', 'report.target_id').on('track.state', '!=', 'binned')
			)
			.leftJoin('release', 'release.id', 'report.target_id')
			.leftJoin('person', 'person.id', 'report.reporter_id')
			.select([
				...(['report.id', 'report.kind', 'report.target_id', 'report.name'] as const),
				...(['report.artist', 'report.reason', 'report.text', 'report.state'] as const),
				...(['report.created_at', 'track.taken_down_at', 'person.name as reporter'] as const),
				sql<string | null>`coalesce(track.slug, release.slug)`.as('slug')
			])
			.select(({ exists, selectFrom }) =>
				exists(
					selectFrom('track as on_release')
						.select('on_release.id')
						.whereRef('on_release.release_id', '=', 'report.target_id')
						.where('on_release.state', '=', 'held')
				).as('is_release_held')
			)
			.where('report.state', '=', state)
			.$if(after !== null, (query) =>
				query.where(sql<boolean>`(report.created_at, report.id) < (${after?.at}, ${after?.id})`)
			)
			.orderBy('report.created_at', 'desc')
			.orderBy('report.id', 'desc')
			.limit(limit + 1)
			.execute();
		const shown = rows.slice(0, limit);
		const last = shown.at(-1);
		return {
			reports: shown.map((row): Report => ({
				id: row.id,
				kind: row.kind,
				targetId: row.target_id,
				name: row.name,
				artist: row.artist,
				slug: row.slug,
				isTakenDown: row.taken_down_at !== null || Boolean(row.is_release_held),
				reason: row.reason,
				text: row.text,
				reporter: row.reporter,
				state: row.state,
				createdAt: new Date(row.created_at).toISOString()
			})),
			next: rows.length > limit && last ? cursorAfter({ at: last.created_at, id: last.id }) : null
		};
	}
}
