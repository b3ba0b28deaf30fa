import type { ItemFailure } from '#contracts/import';

/**
 * What went wrong at a source. `item`: this one fails and the others go on. `source`: nothing can go on, such as a
 * wrong password. `later`: the same again may succeed, after `retryInMs` when the source said so; the runner tries a
 * few times, and then it counts as `item` where an item was fetched, else as `source`.
 */
export class SourceError extends Error {
	override readonly name = 'SourceError';
	readonly code: ItemFailure;
	readonly scope: 'item' | 'source' | 'later';
	readonly retryInMs: number | null;

	constructor(
		code: ItemFailure,
		scope: 'item' | 'source' | 'later',
		{ retryInMs = null, ...options }: ErrorOptions & { retryInMs?: number | null } = {}
	) {
		super(code, options);
		this.code = code;
		this.scope = scope;
		this.retryInMs = retryInMs;
	}
}
