import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Person } from '#contracts/account';
import { LINKED, LISTED, type Visibility } from '#contracts/track';
import type { Database } from './schema.ts';

/**
 * For whoever has its address: pages, media, embeds. What is unlisted opens like what is public, once it plays; drafts
 * and what is private open for their artist and the owner alone.
 */
export function mayBeOpenedBy(viewer: Person | null) {
	return visibleTo(viewer, LINKED);
}

/** For whoever looks around: lists, search, feeds, the sitemap. Their own is there too, however it is kept. */
export function isListedFor(viewer: Person | null) {
	return visibleTo(viewer, LISTED);
}

function visibleTo(viewer: Person | null, shown: readonly Visibility[]) {
	return (where: ExpressionBuilder<Database, 'track'>): Expression<SqlBool> => {
		// What was taken down is `held`, so that it plays for its artist and the owner; what is in the bin is nowhere else.
		const isKept = where('track.state', '!=', 'binned');
		if (viewer?.role === 'owner') return isKept;
		const isShown = where.and([
			shown.length === 1
				? where('track.visibility', '=', LISTED[0])
				: where('track.visibility', 'in', shown),
			where('track.state', '=', 'ready')
		]);
		if (!viewer) return isShown;
		return where.or([isShown, where.and([where('track.owner_id', '=', viewer.id), isKept])]);
	};
}
