import { randomBytes } from 'node:crypto';
import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type ServerResponse
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../ops/log.ts';
import { answerError } from './errors.ts';

/** A part that answers every request below its path itself. */
export interface Mount {
	/** Ends in a slash, or is a whole path. */
	path: string;
	handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void>;
}

interface HttpOptions {
	mounts: readonly Mount[];
	/** True when the part took the socket. */
	upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
	log: Log;
}

/** How long answers that are under way may take when the process stops. */
const CLOSE_MS = 5_000;

/** The one HTTP server: the mounts in order, then Kit's handler. It listens on loopback; the edge is in front. */
export function createHttp({ mounts, upgrade, log }: HttpOptions) {
	let pages: RequestListener = (_request, response) => {
		response.writeHead(503, { 'Retry-After': '1' }).end();
	};

	const server = createServer((request, response) => {
		const requestId = randomBytes(8).toString('hex');
		request.headers['x-request-id'] = requestId;
		response.setHeader('X-Request-Id', requestId);
		const path = request.url?.split('?', 1)[0] ?? '/';
		const mount = mounts.find((candidate) =>
			candidate.path.endsWith('/') ? path.startsWith(candidate.path) : path === candidate.path
		);
		if (!mount) {
			pages(request, response);
			return;
		}
		mount
			.handle(request, response, requestId)
			.catch((error: unknown) => answerError(request, response, error, { log, requestId }))
			.catch((error: unknown) => {
				log.error('answer failed', { requestId, error });
				response.destroy();
			});
	});
	// An upload may take hours: the whole-request limit (5 minutes) is off, parts keep their own.
	server.requestTimeout = 0;
	server.headersTimeout = 60_000;
	// Longer than the edge keeps its connections (2 minutes), else it meets closed ones and answers 502.
	server.keepAliveTimeout = 130_000;
	server.on('upgrade', (request, socket, head) => {
		// In development Vite listens for its own sockets too, and takes or leaves them itself.
		if (!upgrade(request, socket, head) && server.listenerCount('upgrade') === 1) socket.destroy();
	});

	return {
		server,
		serve(listener: RequestListener) {
			pages = listener;
		},
		/** @throws Error with one sentence when the port is taken */
		listen(port: number): Promise<number> {
			const { promise, resolve, reject } = Promise.withResolvers<number>();
			server.once('error', (error) => {
				const isTaken = 'code' in error && error.code === 'EADDRINUSE';
				reject(isTaken ? new Error(`Port ${port} is in use: is Segue running already?`) : error);
			});
			server.listen(port, '127.0.0.1', () => {
				const address = server.address();
				resolve(typeof address === 'object' && address ? address.port : port);
			});
			return promise;
		},
		async close(): Promise<void> {
			const { promise, resolve } = Promise.withResolvers<void>();
			server.close(() => resolve());
			server.closeIdleConnections();
			const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
			await promise;
			clearTimeout(timer);
		}
	};
}
