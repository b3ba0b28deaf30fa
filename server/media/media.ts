import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import { COVER_SIZES, type CoverFormat } from '#contracts/cover';
import type { RenditionKind } from '#contracts/track';
import { attachment } from '../attachment.ts';
import { coverPath } from './covers.ts';

/** A file below the storage folder and how it goes out. */
export interface Outgoing {
	path: string;
	type: string;
	/** Offered under this name when it is to be kept rather than played. */
	saveAs?: string;
}

interface MediaOptions {
	person: (request: IncomingMessage) => Promise<Person | null>;
	/** What is streamed, if this person may hear it. */
	stream: (trackId: string, viewer: Person | null) => Promise<Outgoing | null>;
	/** What was made of it, if it was, and if this person may hear the track. */
	derived: (
		trackId: string,
		what: RenditionKind | 'peaks',
		viewer: Person | null
	) => Promise<Outgoing | null>;
	/** What was uploaded, if this person may have it. */
	original: (trackId: string, viewer: Person | null) => Promise<Outgoing | null>;
	seesCover: (hash: string, viewer: Person | null) => Promise<boolean>;
}

const TRACK = /^\/media\/tracks\/([0-9a-f]{32})\/(stream|original|peaks|aac|opus)$/;
type What = 'stream' | 'original' | 'peaks' | RenditionKind;
const COVER = /^\/media\/covers\/([0-9a-f]{64})\/(\d{1,4})\.(webp|jpg)$/;
const SIZES = new Set<number>(COVER_SIZES);

/** Says who may have which file; the edge sends it, with ranges, entity tags and sendfile. */
export function createMedia({ person, stream, original, derived, seesCover }: MediaOptions) {
	function ofTrack(id: string, what: What, viewer: Person | null) {
		switch (what) {
			case 'stream':
				return stream(id, viewer);
			case 'original':
				return original(id, viewer);
			default:
				return derived(id, what, viewer);
		}
	}

	async function find(request: IncomingMessage): Promise<Outgoing & { caching: string }> {
		const path = request.url?.split('?', 1)[0] ?? '';
		const viewer = await person(request);
		const track = TRACK.exec(path);
		if (track?.[1]) {
			const file = await ofTrack(track[1], track[2] as What, viewer);
			if (!file) throw new Problem('not_found');
			// Permission is asked each time, bytes are not sent twice: the entity tag answers.
			return { ...file, caching: 'private, no-cache' };
		}
		const [, hash, size, format] = COVER.exec(path) ?? [];
		if (!hash || !SIZES.has(Number(size)) || !(await seesCover(hash, viewer))) {
			throw new Problem('not_found');
		}
		return {
			path: coverPath(hash, Number(size), format as CoverFormat),
			type: format === 'jpg' ? 'image/jpeg' : 'image/webp',
			// Named by its content, so it never changes.
			caching: 'private, max-age=31536000, immutable'
		};
	}

	return {
		path: '/media/',
		async handle(request: IncomingMessage, response: ServerResponse) {
			if (request.method !== 'GET' && request.method !== 'HEAD') {
				response.setHeader('Allow', 'GET, HEAD');
				throw new Problem('method_not_allowed');
			}
			const { path, type, saveAs, caching } = await find(request);
			response.writeHead(200, {
				'X-Accel-Redirect': `/${path}`,
				'Content-Type': type,
				'Cache-Control': caching,
				'Content-Disposition': saveAs === undefined ? 'inline' : attachment(saveAs)
			});
			response.end();
		}
	};
}
