import * as v from 'valibot';
import { problemIn } from '#contracts/problem';
import { Registration, type RegisterUploads } from '#contracts/upload';

/** Each is its own request: a page that somebody opens meanwhile gets its turn in between. */
const CHUNK_BYTES = 1024 * 1024;
const TUS = { 'Tus-Resumable': '1.0.0' };

interface Replacing {
	trackId: string;
	file: File;
	/** Bytes that are there. */
	onprogress: (sent: number) => void;
	signal: AbortSignal;
	fetching?: typeof fetch;
}

/**
 * Sends a file that becomes the original of a track. Chosen again after a failure it goes on where it was.
 * @returns the upload, whose outcome the live channel tells; null when the track has just this file already
 * @throws Problem; TypeError when nobody answers
 */
export async function sendReplacement(replacing: Replacing): Promise<string | null> {
	const { trackId, file, onprogress, signal, fetching = fetch } = replacing;
	const { name, size, type, lastModified } = file;
	const key = `replaces:${trackId}:${name}:${size}:${lastModified}`;
	const body: RegisterUploads = {
		files: [{ key, name, size, type, lastModified, replaces: trackId }]
	};
	const answer = await fetching('/api/uploads', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal
	});
	const { token, uploads } = v.parse(Registration, await (await fine(answer)).json());
	const [upload] = uploads;
	if (upload?.outcome === 'duplicate') return null;
	if (upload?.outcome !== 'accepted') throw new Refused(upload?.code ?? 'unexpected');
	if (upload.state !== undefined) return upload.id;
	const asked = { signal, credentials: 'omit' } as const;
	const headers = { ...TUS, Authorization: `Bearer ${token}` };
	const head = await fine(await fetching(upload.url, { ...asked, method: 'HEAD', headers }));
	let sent = Number(head.headers.get('Upload-Offset'));
	while (sent < size) {
		const part = file.slice(sent, sent + CHUNK_BYTES);
		await fine(
			await fetching(upload.url, {
				...asked,
				method: 'PATCH',
				headers: {
					...headers,
					'Upload-Offset': String(sent),
					'Content-Type': 'application/offset+octet-stream'
				},
				body: part
			})
		);
		sent += part.size;
		onprogress(sent);
	}
	return upload.id;
}

/** The file is not taken: `code` is one of contracts/upload. */
export class Refused extends Error {
	readonly refusal: string;

	constructor(refusal: string) {
		super(refusal);
		this.refusal = refusal;
	}
}

async function fine(response: Response): Promise<Response> {
	if (response.ok) return response;
	throw await problemIn(response);
}
