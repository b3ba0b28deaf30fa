import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

/** Somebody else's server: gives files as it should, and misbehaves where it is told to. */
export class Origin {
	readonly #server = createServer((request, response) => this.#answer(request, response));
	readonly #paths = new Map<string, Answerer>();
	/** Of every request: its method, path and range. */
	readonly requests: { path: string; range: string | null; agent: string | null }[] = [];
	connections = 0;
	port = 0;

	static async open(): Promise<Origin> {
		const origin = new Origin();
		origin.#server.on('connection', () => (origin.connections += 1));
		origin.#server.listen(0, '127.0.0.1');
		await once(origin.#server, 'listening');
		const address = origin.#server.address();
		if (typeof address === 'object' && address) origin.port = address.port;
		return origin;
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	on(path: string, answer: Answerer): string {
		this.#paths.set(path, answer);
		return this.url + path;
	}

	/** A file with a strong ETag, with ranges. */
	file(path: string, bytes: Uint8Array, type = 'audio/mpeg'): string {
		return this.on(path, (request, response) => giveFile(request, response, bytes, type));
	}

	asked(path: string) {
		return this.requests.filter((request) => request.path === path);
	}

	#answer(request: IncomingMessage, response: ServerResponse) {
		const [path = ''] = (request.url ?? '').split('?');
		const { range, 'user-agent': agent } = request.headers;
		this.requests.push({ path, range: range ?? null, agent: agent ?? null });
		const answer = this.#paths.get(path);
		if (answer) answer(request, response);
		else response.writeHead(404).end();
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, 'close');
	}
}

export function giveFile(
	request: IncomingMessage,
	response: ServerResponse,
	bytes: Uint8Array,
	type = 'audio/mpeg'
) {
	const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
	const headers = { ETag: etag, 'Content-Type': type, 'Accept-Ranges': 'bytes' };
	const first = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
	if (first !== undefined && request.headers['if-range'] === etag) {
		const from = Number(first);
		response.writeHead(206, {
			...headers,
			'Content-Length': bytes.length - from,
			'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`
		});
		response.end(bytes.subarray(from));
	} else {
		response.writeHead(200, { ...headers, 'Content-Length': bytes.length });
		response.end(bytes);
	}
}
