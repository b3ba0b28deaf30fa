import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import type { Ended, Pace, Stream } from './pace.ts';
import { fetchOn, STALL_MS, type Road } from './road.ts';

/** Chunks of one file on their way at the same time, so that the link never idles between two of them. */
const MOST_AHEAD = 3;
/** Tells the server that the chunk before this one is on its way: it waits for that one, and does not end it. */
const FOLLOWS = 'Segue-Follows';
/** Names a body that goes out piece by piece: on the live channel the server says how much of it has come. */
const STREAM = 'Segue-Stream';

export interface StackOptions {
	signal: AbortSignal;
	/** Of the whole file, in bytes. */
	size: number;
	fetch?: typeof globalThis.fetch;
	/** Null where the page is not a secure context: then chunks go without a checksum. */
	digest?: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | null;
	road?: Road;
	/** Requests wait here for their turn. */
	pace?: Turns | null;
	/** Whether this browser and this connection take a body that is made while it goes out. */
	canStream?: boolean;
	/** For an upload that was made a moment ago nobody needs to ask how much of it is there. */
	isFresh?: boolean;
	/** Hears of each chunk that arrived: up to where the file is there now, and how long the request took. */
	onarrived?: (chunk: { offset: number; bytes: number; ms: number }) => void;
	/** What was streamed did not come: nothing is wrong with the network, and nothing will be streamed again. */
	onlost?: () => void;
	/** Hears the status of the answer that ended the upload, because the library forgets it on some paths. */
	onrefused?: (status: number, headers: Headers) => void;
}

const subtle = globalThis.crypto?.subtle;
const sha256 = subtle ? (bytes: ArrayBuffer) => subtle.digest('SHA-256', bytes) : null;
/** The part of the pace that requests wait for. */
type Turns = Pick<Pace, 'take' | 'stream' | 'piece' | 'canStream' | 'endStreams'>;
const atOnce: Turns = {
	canStream: false,
	piece: Infinity,
	endStreams() {},
	async take(_bytes, signal) {
		signal.throwIfAborted();
		return () => {};
	},
	async stream() {
		throw new Error('nothing is streamed without a pace');
	}
};
/**
 * What the server says of bytes that are not those that were announced. Caddy before 2.7 hands a body over HTTP/3 that
 * does not say its length to the server as an empty one.
 */
const CHANGED = [400, 409, 411, 460];
/** Shorter bodies go in one piece. */
const MIN_STREAMED = 128 * 1024;

/**
 * tus-js-client over fetch, for one upload. Without the page's cookie a browser gives these requests a connection of
 * their own, so that no page waits behind an upload; and every way a request can end settles its promise.
 *
 * The library sends a chunk when the one before it was answered. Here all but the last count as answered when they are
 * handed over, so that a few are on their way at once; what becomes of them is heard by `onarrived`, and the first
 * that fails ends the upload. The server keeps them in order.
 */
export class FetchStack implements HttpStack {
	readonly #upload: OneUpload;

	constructor(options: StackOptions) {
		this.#upload = new OneUpload(options);
	}

	/** Ends whatever is still on its way. */
	end() {
		this.#upload.end();
	}

	getName() {
		return 'segue-fetch';
	}

	createRequest(method: string, url: string): HttpRequest {
		return new UploadRequest(method, url, this.#upload);
	}
}

interface Chunk {
	url: string;
	headers: Headers;
	body: Blob;
	signal: AbortSignal;
}

interface Outgoing {
	body: Blob | ArrayBuffer | ReadableStream<Uint8Array>;
	/** What the server says how much has come of; null when it goes in one piece. */
	stream: Stream | null;
	/** The browser has all of it. */
	handedOver: Promise<void>;
	ended: Ended;
}

class OneUpload {
	readonly #options: Required<StackOptions>;
	/** Chunks on their way, in order. Each settles when it is heard of, and never fails. */
	readonly #ahead = new Set<Promise<void>>();
	/** Ends those behind the first that failed. */
	readonly #rest = new AbortController();
	#isFresh: boolean;
	#failure: { response: FetchResponse } | { error: unknown } | null = null;

	constructor({
		signal,
		size,
		fetch = (...request) => globalThis.fetch(...request),
		digest = sha256,
		road = { credentials: 'omit' },
		pace = null,
		canStream = false,
		isFresh = false,
		onarrived = () => {},
		onlost = () => {},
		onrefused = () => {}
	}: StackOptions) {
		this.#isFresh = isFresh;
		this.#options = {
			...{ signal, size, fetch, digest, road, isFresh, canStream },
			...{ onarrived, onlost, onrefused },
			pace: pace ?? atOnce
		};
	}

	end() {
		this.#rest.abort();
	}

	/** Anything but a chunk. */
	async ask(method: string, request: Omit<Chunk, 'body'>): Promise<FetchResponse> {
		const { size, onarrived, onrefused } = this.#options;
		if (method === 'HEAD' && this.#isFresh) {
			this.#isFresh = false;
			const headers = { 'Upload-Offset': '0', 'Upload-Length': String(size) };
			return new FetchResponse(new Response(null, { headers }), '');
		}
		const ended = await this.#turn(0, request.signal);
		const response = await this.#exchange(method, request, null, ended);
		if (!response.isSuccess) onrefused(response.getStatus(), response.headers);
		else if (method === 'HEAD') {
			onarrived({ offset: Number(response.getHeader('Upload-Offset')), bytes: 0, ms: 0 });
		}
		return response;
	}

	async send({ body, ...request }: Chunk): Promise<FetchResponse> {
		const { digest, size } = this.#options;
		// Read once: the checksum and the wire must see the same bytes, also when the file changes meanwhile.
		const bytes = digest ? await body.arrayBuffer() : body;
		if (bytes instanceof ArrayBuffer && digest) {
			request.headers.set('Upload-Checksum', `sha256 ${base64(await digest(bytes))}`);
		}
		const signal = AbortSignal.any([...[request.signal, this.#options.signal, this.#rest.signal]]);
		const outgoing = await this.#outgoing(bytes, signal).catch((error: unknown) => {
			// One before it failed, and ended its wait: that one says why.
			if (!this.#failure) throw error;
		});
		if (!outgoing || this.#failure) {
			outgoing?.ended({ arrived: false });
			return this.#fail();
		}
		if (this.#ahead.size > 0) request.headers.set(FOLLOWS, '1');
		if (outgoing.stream !== null) request.headers.set(STREAM, outgoing.stream.name);
		const offset = Number(request.headers.get('Upload-Offset')) + body.size;
		const sending = this.#deliver(request, { ...outgoing, offset, length: body.size });
		this.#ahead.add(sending);
		void sending.then(() => this.#ahead.delete(sending));
		const isLast = offset >= size;
		if (isLast) await Promise.all(this.#ahead);
		else if (this.#ahead.size >= MOST_AHEAD) await this.#ahead.values().next().value;
		else await Promise.race([outgoing.handedOver, sending]);
		if (this.#failure) return this.#fail();
		const headers = { 'Upload-Offset': String(offset) };
		return new FetchResponse(new Response(null, { status: 204, headers }), '');
	}

	/** A body that may go: whole when there is room for it, or piece by piece as there is. */
	async #outgoing(bytes: Blob | ArrayBuffer, signal: AbortSignal): Promise<Outgoing> {
		const { pace, canStream } = this.#options;
		const turns = pace ?? atOnce;
		const isStreamed = canStream && turns.canStream && bytes instanceof ArrayBuffer;
		if (!isStreamed || bytes.byteLength < MIN_STREAMED) {
			const size = bytes instanceof Blob ? bytes.size : bytes.byteLength;
			const ended = await turns.take(size, signal);
			return { body: bytes, stream: null, handedOver: Promise.resolve(), ended };
		}
		const stream = await turns.stream(signal);
		const { promise: handedOver, resolve } = Promise.withResolvers<void>();
		let at = 0;
		const body = new ReadableStream<Uint8Array>(
			{
				async pull(controller) {
					const piece = new Uint8Array(bytes, at, Math.min(turns.piece, bytes.byteLength - at));
					await stream.piece(piece.length, signal);
					controller.enqueue(piece);
					at += piece.length;
					if (at < bytes.byteLength) return;
					controller.close();
					resolve();
				}
			},
			{ highWaterMark: 0 }
		);
		return { body, stream, handedOver, ended: stream.end };
	}

	async #deliver(
		request: Omit<Chunk, 'body'>,
		chunk: Outgoing & { offset: number; length: number }
	): Promise<void> {
		const { offset, length, body, ended, stream } = chunk;
		const began = performance.now();
		try {
			const response = await this.#exchange('PATCH', request, body, ended, stream?.lost);
			const isThere = Number(response.getHeader('Upload-Offset')) === offset;
			if (response.isSuccess && isThere) {
				this.#options.onarrived({ offset, bytes: length, ms: performance.now() - began });
			} else {
				if (stream && CHANGED.includes(response.getStatus())) this.#lose();
				this.#failure ??= { response };
			}
		} catch (error) {
			// Its own end also aborts it, when everything came.
			if (stream?.lost.aborted && stream.lost.reason === error) this.#lose();
			this.#failure ??= { error };
		}
		if (this.#failure) this.#rest.abort();
	}

	#lose() {
		if (this.#failure) return;
		this.#options.pace?.endStreams();
		this.#options.onlost();
	}

	#fail(): FetchResponse {
		const failure = this.#failure;
		if (failure && 'response' in failure) {
			this.#options.onrefused(failure.response.getStatus(), failure.response.headers);
			return failure.response;
		}
		throw failure?.error;
	}

	#turn(bytes: number, signal: AbortSignal): Promise<Ended> {
		return (this.#options.pace ?? atOnce).take(
			bytes,
			AbortSignal.any([signal, this.#options.signal])
		);
	}

	async #exchange(
		method: string,
		{ url, headers, signal }: Omit<Chunk, 'body'>,
		body: Outgoing['body'] | null,
		ended: Ended,
		lost?: AbortSignal
	): Promise<FetchResponse> {
		const stalled = new AbortController();
		const timer = setTimeout(
			() => stalled.abort(new DOMException('stalled', 'TimeoutError')),
			STALL_MS
		);
		let arrived = false;
		try {
			const ending = [signal, this.#options.signal, stalled.signal, this.#rest.signal];
			if (lost) ending.push(lost);
			const { fetch, road } = this.#options;
			const response = await fetchOn(road, fetch, url, {
				...{ method, headers, body },
				// Fetch standard: the only kind of stream that there is.
				...(body instanceof ReadableStream && { duplex: 'half' }),
				signal: AbortSignal.any(ending)
			});
			const text = await response.text();
			arrived = response.ok;
			return new FetchResponse(response, text);
		} finally {
			clearTimeout(timer);
			ended({ arrived });
		}
	}
}

class UploadRequest implements HttpRequest {
	readonly #method: string;
	readonly #url: string;
	readonly #upload: OneUpload;
	readonly #headers = new Headers();
	readonly #own = new AbortController();

	constructor(method: string, url: string, upload: OneUpload) {
		this.#method = method;
		this.#url = url;
		this.#upload = upload;
	}

	getMethod() {
		return this.#method;
	}
	getURL() {
		return this.#url;
	}
	setHeader(header: string, value: string) {
		this.#headers.set(header, value);
	}
	getHeader(header: string) {
		return this.#headers.get(header) ?? undefined;
	}
	setProgressHandler() {}
	getUnderlyingObject() {
		return null;
	}
	async abort() {
		this.#own.abort();
	}

	async send(body: Blob | null): Promise<HttpResponse> {
		const request = { url: this.#url, headers: this.#headers, signal: this.#own.signal };
		if (body) return this.#upload.send({ ...request, body });
		return this.#upload.ask(this.#method, request);
	}
}

class FetchResponse implements HttpResponse {
	readonly #response: Response;
	readonly #text: string;

	constructor(response: Response, text: string) {
		this.#response = response;
		this.#text = text;
	}

	get isSuccess() {
		return this.#response.ok;
	}
	get headers() {
		return this.#response.headers;
	}
	getStatus() {
		return this.#response.status;
	}
	getHeader(header: string) {
		return this.#response.headers.get(header) ?? undefined;
	}
	getBody() {
		return this.#text;
	}
	getUnderlyingObject() {
		return this.#response;
	}
}

function base64(bytes: ArrayBuffer): string {
	return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
