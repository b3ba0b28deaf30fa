import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { BUNDLE_PATH } from '#contracts/bundle';
import { Problem, problemCode } from '#contracts/problem';
import { refuse } from '../http/errors.ts';
import { comesFromUs } from '../http/origin.ts';
import type { Log } from '../ops/log.ts';
import type { Arrivals } from './arrivals.ts';
import { Bodies } from './bodies.ts';
import { Bundles, unpack } from './bundle.ts';
import { Followers } from './followers.ts';
import { FifoLocker } from './locker.ts';
import { PartialStore, type Checksum, type Incoming, type KnownUpload } from './store.ts';
import { answerOf, TusServer } from './tus-server.ts';

const UPLOADS_PATH = '/files';
const URL_OF_UPLOAD = /^\/files\/([0-9a-f]{32})$/;
const METHODS = new Set(['HEAD', 'PATCH', 'DELETE', 'OPTIONS']);

/** A body that brings nothing for so long is a dead connection; what came is kept. */
const IDLE_BODY_MS = 30_000;
const IDLE_CHECK_MS = 5_000;
/** How long the holder of a lock may go on writing after a newcomer asked for it. */
const LOCK_DRAIN_MS = 200;
/** How long what is done alone waits for who writes: several drains. */
const ALONE_WAIT_MS = 2_000;

interface UploadsOptions {
	folder: string;
	find: (id: string) => Promise<(KnownUpload & { personId: string }) | null>;
	/** Whom the bearer token of a request stands for, or null. A cookie never stands for anybody here. */
	bearer: (request: IncomingMessage) => Promise<{ id: string } | null>;
	/** False when the disk is fuller than it may become. */
	hasRoom: () => Promise<boolean>;
	/** Bytes came, not the last ones. May be told more than once. */
	onprogress: (id: string) => Promise<void>;
	/** The last byte is on disk. May be told more than once, or never, when the process dies just before. */
	onreceived: (id: string) => Promise<void>;
	/** The upload was ended by the person; its bytes are gone. */
	oncancelled: (id: string) => Promise<void>;
	/** Told of what comes of bodies that a browser streams. */
	arrivals: Arrivals;
	/** Bodies are coming, or none has come for a moment. */
	onbusy: (isBusy: boolean) => void;
	log: Log;
	idleBodyMs?: number;
}

interface Exchange extends Incoming {
	requestId: string;
	/** The client is still sending the chunk before this one. */
	follows: boolean;
	/** Its bytes were the last ones. */
	isLast: boolean;
	body: Readable | null;
	/** Ends the writing where it is. */
	abort: () => void;
}

/** tus 1.0.0 at /files/: offsets, locks, bytes. Says "received" and knows nothing of music. */
export function createUploads(options: UploadsOptions) {
	const { log, idleBodyMs = IDLE_BODY_MS } = options;
	const followers = new Followers();
	const exchanges = new AsyncLocalStorage<Exchange>();
	const underWay = new Set<Pick<Exchange, 'abort'>>();
	const locker = new FifoLocker({ isFollower: () => exchanges.getStore()?.follows ?? false });
	const bodies = new Bodies(options.onbusy);
	const store = new PartialStore({
		folder: options.folder,
		find: options.find,
		incoming: () => exchanges.getStore() ?? null,
		onwritten: (id, offset) => followers.written(id, offset)
	});

	const tus = new TusServer(() => exchanges.getStore(), {
		path: UPLOADS_PATH,
		datastore: store,
		locker,
		lockDrainTimeout: LOCK_DRAIN_MS,
		relativeLocation: true,
		// Looked at under the lock: the last byte may have come since the request was admitted.
		disableTerminationForFinishedUploads: true,
		// Same origin only: nobody else's page may read an answer.
		allowedOrigins: () => false,
		allowedHeaders: ['Upload-Checksum'],
		getFileIdFromRequest: (request) => URL_OF_UPLOAD.exec(new URL(request.url).pathname)?.[1],
		onUploadFinish: async (_request, { id }) => {
			const exchange = exchanges.getStore();
			if (exchange) exchange.isLast = true;
			await options.onreceived(id);
			return {};
		},
		onResponseError: (_request, error) => answerOf(error, log, exchanges.getStore()?.requestId)
	});

	const { find, onreceived } = options;
	const bundles = new Bundles({ store, find, alone, onreceived, log });
	let isStopping = false;

	async function handle(request: IncomingMessage, response: ServerResponse, requestId: string) {
		const { id, personId } = await admit(request);
		const leave = request.method === 'PATCH' && personId !== null ? bodies.enter(personId) : null;
		const stream = personId === null ? null : streamOf(request, personId);
		const exchange: Exchange = {
			checksum: checksumOf(request),
			length: lengthOf(request),
			onbytes: stream?.add ?? null,
			known: null,
			follows: request.headers['segue-follows'] === '1',
			requestId,
			isLast: false,
			body: null,
			abort: () => {}
		};
		const idle = request.method === 'PATCH' ? watchBody(request, idleBodyMs) : null;
		underWay.add(exchange);
		try {
			if (id !== null && exchange.follows) {
				const offset = Number(request.headers['upload-offset']);
				await followers.turn(id, offset, () => store.peek(id));
			}
			// The library never comes back from a client that went away.
			const gone = once(response, 'close');
			await exchanges.run(exchange, () => Promise.race([tus.handle(request, response), gone]));
		} finally {
			const isWritten = response.writableFinished && response.statusCode < 300;
			if (id !== null && request.method === 'PATCH' && !isWritten) followers.lost(id);
			underWay.delete(exchange);
			idle?.stop();
			stream?.end();
			leave?.();
		}
		if (id === null) return;
		if (request.method === 'DELETE' && response.statusCode === 204) await options.oncancelled(id);
		if (request.method === 'PATCH' && !exchange.isLast) await options.onprogress(id);
	}

	function streamOf({ headers }: IncomingMessage, personId: string) {
		const name = String(headers['segue-stream'] ?? '');
		return /^[\w-]{1,32}$/.test(name) ? options.arrivals.open(personId, name) : null;
	}

	async function handleBundle(request: IncomingMessage, response: ServerResponse) {
		const person = await senderOf(request);
		if (!(await options.hasRoom())) throw new Problem('disk_full');
		const leave = bodies.enter(person.id);
		const idle = watchBody(request, idleBodyMs);
		// What of it is on its way comes again: nothing of it is on the disk.
		const reading = { abort: () => request.destroy(new Problem('stopping')) };
		underWay.add(reading);
		try {
			const files = await unpack(request);
			underWay.delete(reading);
			const answer = await bundles.keep(files, person.id);
			response.writeHead(200, { 'Content-Type': 'application/json', 'Tus-Resumable': '1.0.0' });
			response.end(JSON.stringify(answer));
		} finally {
			underWay.delete(reading);
			idle.stop();
			leave();
		}
	}

	/** Decides before a byte of the body is touched. @returns whose upload it is; nobody's for OPTIONS */
	async function admit(
		request: IncomingMessage
	): Promise<{ id: string; personId: string } | { id: null; personId: null }> {
		if (!METHODS.has(request.method ?? '')) throw new Problem('method_not_allowed');
		if (request.method === 'OPTIONS') return { id: null, personId: null };
		const id = URL_OF_UPLOAD.exec(request.url ?? '')?.[1];
		if (!id) throw new Problem('not_found');
		const person = await senderOf(request);
		const upload = await options.find(id);
		// Another's upload is not there: its existence is nobody's business.
		if (!upload || upload.personId !== person.id) throw new Problem('not_found');
		if (request.headers['tus-resumable'] !== '1.0.0') throw new Problem('tus_version');
		if (request.method === 'DELETE' && upload.isComplete) throw new Problem('upload_finished');
		if (request.method === 'PATCH' && !upload.isComplete && !(await options.hasRoom())) {
			throw new Problem('disk_full');
		}
		return { id, personId: person.id };
	}

	async function senderOf(request: IncomingMessage): Promise<{ id: string }> {
		if (isStopping) throw new Problem('stopping');
		if (!comesFromUs(request)) throw new Problem('foreign_origin');
		const person = await options.bearer(request);
		if (!person) throw new Problem('unauthorized');
		return person;
	}

	/**
	 * Does something while nobody writes to the upload: who writes is asked to end where it is.
	 * @throws Problem locked when it does not end in time
	 */
	async function alone<T>(id: string, work: () => Promise<T>): Promise<T> {
		const lock = locker.newLock(id);
		try {
			await lock.lock(AbortSignal.timeout(ALONE_WAIT_MS), () => {});
		} catch (cause) {
			throw new Problem('locked', { cause });
		}
		try {
			return await work();
		} finally {
			await lock.unlock();
		}
	}

	return {
		path: `${UPLOADS_PATH}/`,
		store,
		/** Where an upload is sent to. */
		urlOf: (id: string) => `${UPLOADS_PATH}/${id}`,
		alone,
		async handle(request: IncomingMessage, response: ServerResponse, requestId: string) {
			response.setHeader('Cache-Control', 'no-store');
			try {
				if (request.method === 'POST' && request.url === BUNDLE_PATH) {
					return await handleBundle(request, response);
				}
				await handle(request, response, requestId);
			} catch (error) {
				const code = problemCode(error);
				if (code === 'tus_version') response.setHeader('Tus-Version', '1.0.0');
				if (code === 'method_not_allowed') response.setHeader('Allow', [...METHODS].join(', '));
				if (!code && !request.destroyed) log.error('upload request failed', { requestId, error });
				response.setHeader('Tus-Resumable', '1.0.0');
				await refuse(request, response, code ?? 'unexpected', requestId);
			}
		},
		/** New work is refused; bodies under way end where they are, so that their offsets are exact. */
		async close() {
			isStopping = true;
			for (const exchange of underWay) exchange.abort();
			await locker.idle();
		}
	};
}

/**
 * tus checksum extension: `Upload-Checksum: sha256 <base64>`.
 * @throws Problem when it is malformed or of an algorithm that is not offered
 */
function checksumOf({ headers }: IncomingMessage): Checksum | null {
	const header = headers['upload-checksum'];
	if (header === undefined) return null;
	const match = /^sha256 ([A-Za-z0-9+/]{43}=)$/.exec(String(header));
	if (!match?.[1]) throw new Problem('bad_request');
	return { algorithm: 'sha256', digest: Buffer.from(match[1], 'base64') };
}

function lengthOf({ headers }: IncomingMessage): number | null {
	const length = headers['content-length'];
	return length === undefined ? null : Number(length);
}

/** Ends a request whose body stands still. Asks the socket, because a listener of ours would drink the body. */
function watchBody(request: IncomingMessage, idleMs: number) {
	let seen = request.socket.bytesRead;
	let movedAt = performance.now();
	const timer = setInterval(
		() => {
			if (request.complete) return;
			if (request.socket.bytesRead !== seen) {
				seen = request.socket.bytesRead;
				movedAt = performance.now();
			} else if (performance.now() - movedAt > idleMs) {
				request.destroy(new Error('the body stood still'));
			}
		},
		Math.min(IDLE_CHECK_MS, idleMs / 2)
	);
	return { stop: () => clearInterval(timer) };
}
