import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

export interface Recorded {
	method: string;
	path: string;
	/** Address and port of the browser's connection to the edge. */
	peer: string;
}

/** Stands between the edge and the server, and writes down who asked for what. */
export class Recorder {
	readonly requests: Recorded[] = [];
	readonly #target: number;
	readonly #server = createServer((request, response) => {
		this.#record(request);
		const onward = ask({ ...this.#place, ...head(request) }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
			answer.pipe(response);
		});
		onward.on('error', () => response.destroy());
		response.on('close', () => onward.destroy());
		request.pipe(onward);
	});
	port = 0;

	private constructor(target: number) {
		this.#target = target;
		this.#server.requestTimeout = 0;
		this.#server.on('upgrade', (request, socket, first) => {
			this.#record(request);
			const server = connect(this.#target, '127.0.0.1');
			const lines = [`${request.method} ${request.url} HTTP/1.1`];
			for (let at = 0; at < request.rawHeaders.length; at += 2) {
				lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
			}
			server.write(`${lines.join('\r\n')}\r\n\r\n`);
			server.write(first);
			for (const [one, other] of [
				[socket, server],
				[server, socket]
			] as const) {
				one.on('error', () => other.destroy());
				one.on('close', () => other.destroy());
				one.pipe(other);
			}
		});
	}

	static async before(target: number): Promise<Recorder> {
		const recorder = new Recorder(target);
		recorder.#server.listen(0, '127.0.0.1');
		await once(recorder.#server, 'listening');
		const address = recorder.#server.address();
		if (typeof address === 'object' && address) recorder.port = address.port;
		return recorder;
	}

	close() {
		this.#server.close();
		this.#server.closeAllConnections();
	}

	get #place() {
		return { host: '127.0.0.1', port: this.#target };
	}

	#record({ method = '', url = '', headers }: IncomingMessage) {
		const peer = String(headers['x-segue-peer'] ?? '');
		this.requests.push({ method, path: url, peer });
	}
}

const head = ({ method, url, rawHeaders }: IncomingMessage) => ({
	method,
	path: url,
	headers: rawHeaders
});
