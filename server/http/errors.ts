import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemBody, problemCode, STATUS, type ProblemCode } from '#contracts/problem';
import type { Log } from '../ops/log.ts';

/** How much of a refused body is read away, so that the answer arrives instead of a broken connection. */
const DRAIN_BYTES = 16 * 1024 * 1024;
const DRAIN_MS = 2_000;

/** Answers with a problem of ours. A body that is still coming is read away within bounds. */
export async function refuse(
	request: IncomingMessage,
	response: ServerResponse,
	code: ProblemCode,
	requestId: string
): Promise<void> {
	// Of one that is gone nothing comes any more.
	if (!request.complete && !request.destroyed) await drain(request);
	if (response.headersSent || response.destroyed) return;
	if (!request.complete) response.setHeader('Connection', 'close');
	if (code === 'too_many_requests' || code === 'stopping' || code === 'busy') {
		response.setHeader('Retry-After', '5');
	}
	const status = STATUS[code];
	response.writeHead(status, {
		'Content-Type': 'application/problem+json',
		'Cache-Control': 'no-store'
	});
	response.end(
		request.method === 'HEAD' ? undefined : JSON.stringify(problemBody(code, requestId))
	);
}

/** What a mount threw: one of our codes goes out, all else is logged and hidden. */
export async function answerError(
	request: IncomingMessage,
	response: ServerResponse,
	error: unknown,
	{ log, requestId }: { log: Log; requestId: string }
): Promise<void> {
	const code = problemCode(error);
	if (!code && !request.destroyed) log.error('request failed', { requestId, error });
	await refuse(request, response, code ?? 'unexpected', requestId);
}

async function drain(request: IncomingMessage): Promise<void> {
	let bytes = 0;
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, DRAIN_MS);
	request.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > DRAIN_BYTES) resolve();
	});
	request.once('end', resolve);
	request.once('close', resolve);
	await promise;
	clearTimeout(timer);
	if (!request.complete) request.pause();
}
