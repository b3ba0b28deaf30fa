import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Person } from '#contracts/account';
import type { Database } from './schema.ts';

/**
 * A draft is seen by its artist and the owner alone; a public track by all, once it plays. What was taken down is
 * `held`, so that it plays for those two; what lies in the bin is seen there and nowhere else.
 */
export function mayBeSeenBy(viewer: Person | null) {
	return (where: ExpressionBuilder<Database, 'track'>): Expression<SqlBool> => {
		const isKept = where('track.state', '!=', 'binned');
		if (viewer?.role === 'owner') return isKept;
		const isPublic = where.and([
			where('track.visibility', '=', 'public'),
			where('track.state', '=', 'ready')
		]);
		if (!viewer) return isPublic;
		return where.or([isPublic, where.and([where('track.owner_id', '=', viewer.id), isKept])]);
	};
}
