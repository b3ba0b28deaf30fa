import * as v from 'valibot';
import {
	Registration,
	UploadChanges,
	type NewUpload,
	type Registration as RegistrationT,
	type UploadRecord
} from '#contracts/upload';
import { SendError } from './transport.ts';

/** The uploader's calls to the portal. Each throws SendError. */
export interface UploadApi {
	register(files: readonly NewUpload[], signal: AbortSignal): Promise<RegistrationT>;
	/** Everything that changed after the cursor. */
	changes(cursor: string | null): Promise<{ cursor: string; uploads: UploadRecord[] }>;
}

export interface ApiOptions {
	fetch?: typeof globalThis.fetch;
	/** Each track is for everybody once it is ready; otherwise it is a draft. */
	publish: boolean;
}

export function createUploadApi({
	fetch = (...request) => globalThis.fetch(...request),
	publish
}: ApiOptions): UploadApi {
	async function ask<Schema extends v.GenericSchema>(
		path: string,
		schema: Schema,
		init: RequestInit
	): Promise<v.InferOutput<Schema>> {
		let response: Response;
		try {
			response = await fetch(path, init);
		} catch (cause) {
			init.signal?.throwIfAborted();
			throw new SendError('network', { cause });
		}
		if (response.status === 401) throw new SendError('unauthorized');
		if (response.status === 403) throw new SendError('forbidden');
		if ([429, 502, 503, 504].includes(response.status)) throw new SendError('away');
		if (response.status === 507) throw new SendError('disk_full');
		if (!response.ok) throw new SendError('server');
		return v.parse(schema, await response.json());
	}

	return {
		register: (files, signal) =>
			ask('/api/uploads', Registration, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify({ files, publish }),
				signal
			}),

		async changes(cursor) {
			const uploads: UploadRecord[] = [];
			for (let since = cursor ?? '0'; ;) {
				const path = `/api/uploads?since=${encodeURIComponent(since)}`;
				const page = await ask(path, UploadChanges, {});
				uploads.push(...page.uploads);
				if (page.uploads.length === 0) return { cursor: page.cursor, uploads };
				since = page.cursor;
			}
		}
	};
}
