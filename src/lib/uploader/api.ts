import * as v from 'valibot';
import {
	Registration,
	UploadChanges,
	type Description,
	type NewUpload,
	type Registration as RegistrationT,
	type UploadRecord
} from '#contracts/upload';
import { problemOf, retryAfterMs, SendError } from './send-error.ts';

/** The uploader's calls to the portal. Each throws SendError. */
export interface UploadApi {
	/** @param options.publish each becomes public once it plays; otherwise they are drafts */
	register(
		files: readonly NewUpload[],
		options: { publish: boolean; signal: AbortSignal }
	): Promise<RegistrationT>;
	/** What people say of uploads, over what was said before. */
	describe(uploads: readonly { id: string; description: Description }[]): Promise<void>;
	publish(ids: readonly string[], isPublic: boolean): Promise<void>;
	/** Those of which the server still waits for bytes. */
	open(): Promise<{ uploads: UploadRecord[]; arrived: number }>;
	/** Everything that changed after the cursor. */
	changes(cursor: string | null): Promise<{ cursor: string; uploads: UploadRecord[] }>;
}

/** A word that nobody answers was lost on the way; all of them may be said twice. */
const ANSWER_MS = 30_000;

export function createUploadApi({
	fetch = (...request) => globalThis.fetch(...request)
}: { fetch?: typeof globalThis.fetch } = {}): UploadApi {
	/** @returns what the portal says, as JSON; null where it says nothing */
	async function request(path: string, init: RequestInit = {}): Promise<unknown> {
		const lost = new AbortController();
		const timer = setTimeout(() => lost.abort(), ANSWER_MS);
		const signal = AbortSignal.any([lost.signal, ...(init.signal ? [init.signal] : [])]);
		let response: Response;
		let text: string;
		try {
			response = await fetch(path, { ...init, signal });
			text = await response.text();
		} catch (cause) {
			init.signal?.throwIfAborted();
			throw new SendError('network', { cause });
		} finally {
			clearTimeout(timer);
		}
		if (response.ok) return text === '' ? null : JSON.parse(text);
		throw new SendError(problemOf(response.status), {
			retryAfterMs: retryAfterMs(response.headers)
		});
	}

	async function list(cursor: string, which: string) {
		const uploads: UploadRecord[] = [];
		let arrived = 0;
		for (let since = cursor; ;) {
			const path = `/api/uploads?since=${encodeURIComponent(since)}${which}`;
			const page = v.parse(UploadChanges, await request(path));
			uploads.push(...page.uploads);
			arrived = page.arrived ?? arrived;
			if (page.uploads.length === 0) return { cursor: page.cursor, uploads, arrived };
			since = page.cursor;
		}
	}

	const say = (method: string, body: unknown, signal?: AbortSignal): RequestInit => ({
		method,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
		...(signal && { signal })
	});

	return {
		async register(files, { publish, signal }) {
			const said = say('POST', { files, publish }, signal);
			return v.parse(Registration, await request('/api/uploads', said));
		},

		async describe(uploads) {
			await request('/api/uploads', say('PATCH', { uploads }));
		},

		async publish(ids, isPublic) {
			await request('/api/uploads/publish', say('POST', { ids, publish: isPublic }));
		},

		changes: (cursor) => list(cursor ?? '0', ''),
		open: () => list('0', '&open=1')
	};
}
