/** One place in a playlist here. */
export interface MergedItem {
	itemId: string;
	trackId: string;
}

interface Merge {
	/** Ids of tracks as they were brought last. */
	brought: readonly string[];
	/** As the source has them now. */
	wanted: readonly string[];
	/** As they are here: who keeps the playlist may have changed it. */
	current: readonly MergedItem[];
}

/**
 * What the source changed since the last time, and nothing of what was changed here: what somebody took out stays
 * out, what somebody put in stays in. A track may stand in a playlist several times.
 */
export function mergePlaylist({ brought, wanted, current }: Merge) {
	const before = new Set(numbered(brought));
	const now = numbered(wanted);
	const here = numbered(current.map(({ trackId }) => trackId));
	const isWanted = new Set(now);
	const isHere = new Set(here);
	const remove = current.filter((_, at) => {
		const key = here[at] ?? '';
		return before.has(key) && !isWanted.has(key);
	});
	const isNew = (key: string) => !isHere.has(key) && !before.has(key);
	return {
		remove: remove.map(({ itemId }) => itemId),
		/** Ids of tracks, for the end. */
		add: wanted.filter((_, at) => isNew(now[at] ?? '')),
		/**
		 * What has to move, one after the other, each behind another.
		 * @param added items of what was added
		 */
		moves(added: readonly MergedItem[]): { itemId: string; after: string | null }[] {
			const gone = new Set(remove);
			const all = [...current.filter((item) => !gone.has(item)), ...added];
			const items = new Map(
				numbered(all.map(({ trackId }) => trackId)).map((key, at) => [key, all[at]?.itemId ?? ''])
			);
			const order = [...items.keys()].filter((key) => isWanted.has(key));
			const target = now.filter((key) => items.has(key));
			const moves: { itemId: string; after: string | null }[] = [];
			for (const [at, key] of target.entries()) {
				if (order[at] === key) continue;
				order.splice(order.indexOf(key, at), 1);
				order.splice(at, 0, key);
				const previous = target[at - 1];
				moves.push({
					itemId: items.get(key) ?? '',
					after: previous === undefined ? null : (items.get(previous) ?? null)
				});
			}
			return moves;
		}
	};
}

/** The same track's second place is another one than its first. */
function numbered(trackIds: readonly string[]): string[] {
	const counts = new Map<string, number>();
	return trackIds.map((trackId) => {
		const count = (counts.get(trackId) ?? 0) + 1;
		counts.set(trackId, count);
		return `${trackId} ${count}`;
	});
}
