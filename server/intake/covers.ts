import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { StoredCover } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { KeptCover } from '../catalogue/kept-cover.ts';
import { errnoOf } from '../errno.ts';
import { comesFromUs } from '../http/origin.ts';
import type { Gate } from './gate.ts';
import { Turns } from './turns.ts';

const MAX_BYTES = 20 * 1024 * 1024;
/** A body that brings nothing for so long is a dead connection. */
const IDLE_BODY_MS = 30_000;
/** Pictures of one person under way and in line: each is held in memory, but only while it is its turn. */
const MAX_IN_LINE = 8;

interface CoversOptions {
	catalogue: Pick<Catalogue, 'covers'>;
	person: (request: IncomingMessage) => Promise<Person | null>;
	/** Null when it is no picture that we read. */
	draw: (picture: Uint8Array<ArrayBuffer>) => Promise<KeptCover | null>;
	/** Whoever is inside may be sure that no picture goes. */
	drawing: Pick<Gate, 'enter'>;
	/** False when the disk is fuller than it may become. */
	hasRoom: () => Promise<boolean>;
	idleBodyMs?: number;
	now?: () => number;
}

export type Covers = ReturnType<typeof createCovers>;

/** `POST /api/covers`: the body is a picture, the answer a StoredCover. Not Kit's, which reads small bodies alone. */
export function createCovers(options: CoversOptions) {
	const {
		catalogue,
		person,
		draw,
		drawing,
		hasRoom,
		idleBodyMs = IDLE_BODY_MS,
		now = Date.now
	} = options;
	const turns = new Turns(MAX_IN_LINE);

	/** Decides before a byte of the body is touched. */
	async function admit(request: IncomingMessage, response: ServerResponse): Promise<Person> {
		if (request.method !== 'POST') {
			response.setHeader('Allow', 'POST');
			throw new Problem('method_not_allowed');
		}
		if (!comesFromUs(request)) throw new Problem('foreign_origin');
		const artist = await person(request);
		if (!artist) throw new Problem('unauthorized');
		if (artist.role === 'listener') throw new Problem('forbidden');
		if (!request.headers['content-type']?.startsWith('image/')) throw new Problem('wrong_type');
		if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) throw new Problem('too_large');
		if (!(await hasRoom())) throw new Problem('disk_full');
		return artist;
	}

	async function keepFor(personId: string, picture: Uint8Array<ArrayBuffer>) {
		return drawing.enter(async () => {
			const cover = await draw(picture).catch((cause: unknown) => {
				throw errnoOf(cause) === 'ENOSPC' ? new Problem('disk_full', { cause }) : cause;
			});
			if (!cover) throw new Problem('not_a_picture');
			return { ...cover, stored: await catalogue.covers.addOnce(personId, cover, now()) };
		});
	}

	async function keep(request: IncomingMessage, artist: Person): Promise<StoredCover> {
		return (await keepFor(artist.id, await readBody(request, idleBodyMs))).stored;
	}

	return {
		/** A picture from elsewhere, as if this person had posted it. @throws Problem not_a_picture, disk_full */
		async keepFor(personId: string, picture: Uint8Array<ArrayBuffer>) {
			if (!(await hasRoom())) throw new Problem('disk_full');
			const { hash, color } = await keepFor(personId, picture);
			return { hash, color };
		},
		path: '/api/covers',
		async handle(request: IncomingMessage, response: ServerResponse) {
			const artist = await admit(request, response);
			const stored = await turns.take(artist.id, () => keep(request, artist));
			response.writeHead(200, {
				'Content-Type': 'application/json',
				'Cache-Control': 'no-store'
			});
			response.end(JSON.stringify(stored));
		}
	};
}

/** @throws Problem too_large, without reading on */
async function readBody(request: IncomingMessage, idleMs: number): Promise<Buffer<ArrayBuffer>> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	const timer = setTimeout(() => request.destroy(new Error('the body stood still')), idleMs);
	try {
		// Not destroyed when it is too large: its end is read away, so that the answer arrives.
		for await (const chunk of request.iterator({ destroyOnReturn: false })) {
			timer.refresh();
			bytes += chunk.length;
			if (bytes > MAX_BYTES) throw new Problem('too_large');
			chunks.push(chunk);
		}
	} finally {
		clearTimeout(timer);
	}
	return Buffer.concat(chunks, bytes);
}
