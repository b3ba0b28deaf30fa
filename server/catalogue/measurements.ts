import { sql, type Kysely } from 'kysely';
import type { Gapless, Loudness } from '#contracts/track';
import type { Database } from './schema.ts';

/** How loud tracks are, and how far that is known. */
export class Measurements {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	/** How loud it is, unless it has another original by now; null when that could not be measured. */
	async settle(
		{ trackId, sha256 }: { trackId: string; sha256: string },
		measured: { loudness: Loudness; gapless: Gapless | null } | null
	): Promise<void> {
		await this.#db
			.updateTable('track')
			.set({
				measure_state: measured ? 'ready' : 'failed',
				loudness: measured?.loudness.integrated ?? null,
				true_peak: measured?.loudness.truePeak ?? null,
				gapless: measured?.gapless ? JSON.stringify(measured.gapless) : null
			})
			.where('id', '=', trackId)
			.where('original_sha256', '=', sha256)
			.execute();
	}

	/** Those that were not measured though there is no job for it, a few at a time. */
	async withoutJob(limit: number): Promise<{ trackId: string; sha256: string }[]> {
		return this.#db
			.selectFrom('track')
			.select(['id as trackId', 'original_sha256 as sha256'])
			.where('measure_state', '=', 'waiting')
			.where(
				sql<boolean>`not exists (select 1 from job where job.key = 'measure:' || track.id || ':' || track.original_sha256)`
			)
			.limit(limit)
			.execute();
	}
}
