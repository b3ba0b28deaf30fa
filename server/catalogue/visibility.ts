import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
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
		// The plus keeps SQLite from looking these up: most of all tracks are public and ready, and a query that names a
		// release or an artist would read them all. What lists everything says so itself.
		const state = sql<string>`+track.state`;
		// What was taken down is `held`, so that it plays for its artist and the owner; what is in the bin is nowhere else.
		const isKept = where(state, '!=', 'binned');
		if (viewer?.role === 'owner') return isKept;
		const isShown = where.and([
			where(sql<Visibility>`+track.visibility`, 'in', shown),
			where(state, '=', 'ready')
		]);
		if (!viewer) return isShown;
		return where.or([isShown, where.and([where('track.owner_id', '=', viewer.id), isKept])]);
	};
}
