import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import type { Pace } from './pace.ts';

/** A chunk is sized to take about a second; one that takes this long is on a dead connection. */
const STALL_MS = 90_000;

export interface StackOptions {
	signal: AbortSignal;
	fetch?: typeof globalThis.fetch;
	/** Null where the page is not a secure context: then chunks go without a checksum. */
	digest?: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | null;
	/** Bytes wait here for their turn. */
	pace?: Pick<Pace, 'take'> | null;
	/** For an upload that was made a moment ago nobody needs to ask how much of it is there. */
	fresh?: { size: number } | null;
	/** Hears the status of every answer, because the library forgets it on some paths. */
	onanswer?: (status: number, headers: Headers) => void;
}

const subtle = globalThis.crypto?.subtle;
const sha256 = subtle ? (bytes: ArrayBuffer) => subtle.digest('SHA-256', bytes) : null;

/**
 * tus-js-client over fetch. Without the page's cookie a browser gives these requests a connection of their own, so
 * that no page waits behind an upload; and every way a request can end settles its promise.
 */
export class FetchStack implements HttpStack {
	readonly #options: Required<StackOptions>;

	constructor({
		signal,
		fetch = (...request) => globalThis.fetch(...request),
		digest = sha256,
		pace = null,
		fresh = null,
		onanswer = () => {}
	}: StackOptions) {
		this.#options = { signal, fetch, digest, pace, fresh, onanswer };
	}

	getName() {
		return 'segue-fetch';
	}

	createRequest(method: string, url: string): HttpRequest {
		const { fresh } = this.#options;
		if (method === 'HEAD' && fresh) {
			this.#options.fresh = null;
			return new KnownRequest(method, url, fresh.size);
		}
		return new FetchRequest(method, url, this.#options);
	}
}

class FetchRequest implements HttpRequest {
	readonly #method: string;
	readonly #url: string;
	readonly #options: Required<StackOptions>;
	readonly #headers = new Headers();
	readonly #own = new AbortController();
	#onprogress: (bytesSent: number) => void = () => {};

	constructor(method: string, url: string, options: Required<StackOptions>) {
		this.#method = method;
		this.#url = url;
		this.#options = options;
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
	setProgressHandler(handler: (bytesSent: number) => void) {
		this.#onprogress = handler;
	}
	getUnderlyingObject() {
		return null;
	}
	async abort() {
		this.#own.abort();
	}

	async send(body: Blob | null): Promise<HttpResponse> {
		const { signal, fetch, digest, pace, onanswer } = this.#options;
		if (body) await pace?.take(body.size, signal);
		signal.throwIfAborted();
		// Read once: the checksum and the wire must see the same bytes, also when the file changes meanwhile.
		const bytes = body && digest ? await body.arrayBuffer() : body;
		if (bytes instanceof ArrayBuffer && digest) {
			this.#headers.set('Upload-Checksum', `sha256 ${base64(await digest(bytes))}`);
		}
		const stalled = new AbortController();
		const timer = setTimeout(
			() => stalled.abort(new DOMException('stalled', 'TimeoutError')),
			STALL_MS
		);
		try {
			const response = await fetch(this.#url, {
				method: this.#method,
				headers: this.#headers,
				body: bytes,
				credentials: 'omit',
				cache: 'no-store',
				signal: AbortSignal.any([signal, this.#own.signal, stalled.signal])
			});
			const text = await response.text();
			onanswer(response.status, response.headers);
			if (response.ok && body) this.#onprogress(body.size);
			return new FetchResponse(response, text);
		} finally {
			clearTimeout(timer);
		}
	}
}

class FetchResponse implements HttpResponse {
	readonly #response: Response;
	readonly #text: string;

	constructor(response: Response, text: string) {
		this.#response = response;
		this.#text = text;
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

/** Answers the first HEAD of a new upload without a request: a small file costs one, not two. */
class KnownRequest implements HttpRequest {
	readonly #method: string;
	readonly #url: string;
	readonly #size: number;

	constructor(method: string, url: string, size: number) {
		this.#method = method;
		this.#url = url;
		this.#size = size;
	}

	getMethod() {
		return this.#method;
	}
	getURL() {
		return this.#url;
	}
	setHeader() {}
	getHeader() {
		return undefined;
	}
	setProgressHandler() {}
	getUnderlyingObject() {
		return null;
	}
	async abort() {}
	async send(): Promise<HttpResponse> {
		const headers = { 'Upload-Offset': '0', 'Upload-Length': String(this.#size) };
		return new FetchResponse(new Response(null, { headers }), '');
	}
}

function base64(bytes: ArrayBuffer): string {
	return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
