import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Server } from '@tus/server';
import { StreamLimiter, type Upload } from '@tus/utils';
import { problemBody, problemCode, STATUS, type ProblemCode } from '#contracts/problem';
import { errnoOf } from '../errno.ts';
import type { Log } from '../ops/log.ts';
import { TusRefusal } from './refusal.ts';

/** What a request that is under way has of the library. */
interface Exchange {
	requestId: string;
	body: Readable | null;
	/** Ends the writing where it is. */
	abort: () => void;
}

/** The library reads the path only. */
const ANY_HOST = 'http://localhost';

/**
 * @tus/server, with answers of ours, a way to end what is under way, and bodies that come to the store as Node reads
 * them: the library makes a web stream of each and a stream of that again, which copies every byte.
 */
export class TusServer extends Server {
	readonly #exchange: () => Exchange | undefined;

	constructor(
		exchange: () => Exchange | undefined,
		options: ConstructorParameters<typeof Server>[0]
	) {
		super(options);
		this.#exchange = exchange;
		Object.assign(this.handlers.PATCH, {
			writeToStore: (
				_body: null,
				upload: Upload,
				most: number,
				{ signal }: { signal: AbortSignal }
			) => this.#write(upload, most, signal)
		});
	}

	/** Resolves when the answer is handed over; never, when the client goes away before. */
	override async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const exchange = this.#exchange();
		if (exchange) exchange.body = request;
		// A client that went away: what came of the body is kept.
		request.once('error', () => exchange?.abort());
		const { method = 'GET', url = '/' } = request;
		const headers = new Headers(request.headers as Record<string, string>);
		const answer = await this.handleWeb(new Request(new URL(url, ANY_HOST), { method, headers }));
		response.writeHead(answer.status, Object.fromEntries(answer.headers));
		const text = await answer.text();
		await new Promise<void>((resolve) => response.end(text, resolve));
	}

	/** @returns the offset behind what was written @throws what the library and the store throw */
	async #write({ id, offset }: Upload, most: number, signal: AbortSignal): Promise<number> {
		const body = this.#exchange()?.body;
		if (!body || signal.aborted) throw new TusRefusal(400, 'bad_request');
		// Between them, so that what fails behind it does not end the request, which still wants its answer.
		const bytes = new PassThrough();
		const cut = () => {
			body.unpipe(bytes);
			if (!bytes.destroyed) bytes.end();
		};
		const onerror = (error: Error) => {
			body.unpipe(bytes);
			if (!signal.aborted) bytes.destroy(error);
		};
		body.once('error', onerror);
		signal.addEventListener('abort', cut, { once: true });
		try {
			body.pipe(bytes);
			return await pipeline(bytes, new StreamLimiter(most), (stream: Readable) =>
				this.datastore.write(stream, id, offset)
			);
		} catch (error) {
			body.unpipe(bytes);
			const isCut = body.errored || (error instanceof Error && error.name === 'AbortError');
			throw isCut ? new TusRefusal(400, 'bad_request', { cause: error }) : error;
		} finally {
			body.off('error', onerror);
			signal.removeEventListener('abort', cut);
		}
	}

	protected override createContext() {
		const context = super.createContext();
		const exchange = this.#exchange();
		if (exchange) exchange.abort = context.abort;
		return context;
	}

	override async write(...args: Parameters<Server['write']>) {
		const [context, headers, status, body = ''] = args;
		if (status < 400) return super.write(context, headers, status, body);
		const code = codeFor(status, body);
		headers.set('Content-Type', 'application/problem+json');
		return super.write(
			context,
			headers,
			status,
			JSON.stringify({ ...problemBody(code, this.#exchange()?.requestId ?? ''), status })
		);
	}
}

const CODE_OF_STATUS: Record<number, ProblemCode> = {
	400: 'bad_request',
	403: 'bad_request',
	404: 'not_found',
	409: 'offset_conflict',
	410: 'gone',
	413: 'too_large',
	423: 'locked',
	460: 'checksum_mismatch',
	507: 'disk_full'
};

/** The library's own sentences never reach anybody; its statuses do. */
function codeFor(status: number, body: string): ProblemCode {
	if (Object.hasOwn(STATUS, body)) return body as ProblemCode;
	return CODE_OF_STATUS[status] ?? (status < 500 ? 'bad_request' : 'unexpected');
}

/** What the library shall answer; undefined for what it knows itself. */
export function answerOf(error: unknown, log: Log, requestId: string | undefined) {
	if (['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(errnoOf(error) ?? '')) {
		return { status_code: STATUS.disk_full, body: 'disk_full' };
	}
	const code = problemCode(error);
	if (code) return { status_code: STATUS[code], body: code };
	if (typeof error === 'object' && error !== null && 'status_code' in error) return undefined;
	log.error('upload failed', { requestId, error });
	return { status_code: 500, body: 'unexpected' };
}
