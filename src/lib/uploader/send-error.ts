/** What went wrong with one file's sending, in the queue's terms. */
export type SendProblem =
	| 'network'
	/** Away, restarting or busy: nothing is wrong with the file. */
	| 'away'
	/** Somebody else is sending this very file, or was until a moment ago. */
	| 'locked'
	/** The server cannot read what it was asked: asked again it will not either. */
	| 'unreadable'
	| 'server'
	| 'unauthorized'
	| 'forbidden'
	| 'gone'
	| 'disk_full'
	/** The browser has no memory or no connection left to try with. */
	| 'exhausted'
	| 'changed_on_disk';

export class SendError extends Error {
	override readonly name = 'SendError';
	readonly problem: SendProblem;
	/** What the server asked for by `Retry-After`. */
	readonly retryAfterMs: number | null;

	constructor(
		problem: SendProblem,
		{ retryAfterMs = null, ...options }: ErrorOptions & { retryAfterMs?: number | null } = {}
	) {
		super(problem, options);
		this.problem = problem;
		this.retryAfterMs = retryAfterMs;
	}
}

/** What an answer that is no success means for the queue. */
export function problemOf(status: number): SendProblem {
	switch (status) {
		case 400:
		case 413:
		case 422:
			return 'unreadable';
		case 401:
			return 'unauthorized';
		case 403:
			return 'forbidden';
		case 404:
		case 410:
			return 'gone';
		case 507:
			return 'disk_full';
		case 423:
			return 'locked';
		case 429:
		case 502:
		case 503:
		case 504:
			return 'away';
		default:
			// 409, 460 and what else there is: ask for the offset again, later.
			return 'server';
	}
}

/** `Retry-After` in milliseconds (RFC 9110, 10.2.3); null when it is missing or makes no sense. */
export function retryAfterMs(headers: Headers): number | null {
	const value = headers.get('Retry-After');
	if (value === null) return null;
	const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

export function isOutOfMemory(error: unknown): boolean {
	for (let at = error; at instanceof Error; at = at.cause) {
		if (at instanceof RangeError) return true;
	}
	return false;
}

/** A file that was changed or removed looks like a broken network to fetch: one byte tells. */
export async function isUnchanged(file: File): Promise<boolean> {
	try {
		await file.slice(0, 1).arrayBuffer();
		return true;
	} catch {
		return false;
	}
}
