import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Person } from '#contracts/account';
import type { Database } from './schema.ts';

/** A draft is seen by its artist and the owner alone; a public track by all, once it plays. */
export function mayBeSeenBy(viewer: Person | null) {
	return (where: ExpressionBuilder<Database, 'track'>): Expression<SqlBool> => {
		if (viewer?.role === 'owner') return where.lit(true);
		const isPublic = where.and([
			where('track.visibility', '=', 'public'),
			where('track.state', '=', 'ready')
		]);
		return viewer ? where.or([isPublic, where('track.owner_id', '=', viewer.id)]) : isPublic;
	};
}
