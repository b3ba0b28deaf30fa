import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';

export interface H2Answer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** One HTTP/2 connection to the edge, whose certificate nobody signed. */
export class H2 {
	readonly #session: ClientHttp2Session;

	constructor(origin: string) {
		this.#session = connect(origin, { rejectUnauthorized: false });
		this.#session.on('error', () => {}); // each request says so itself
	}

	get protocol() {
		return this.#session.alpnProtocol;
	}

	request(
		method: string,
		path: string,
		{ headers = {}, body }: { headers?: Record<string, string>; body?: Uint8Array } = {}
	): Promise<H2Answer> {
		const { promise, resolve, reject } = Promise.withResolvers<H2Answer>();
		const stream = this.#session.request({ ':method': method, ':path': path, ...headers });
		const parts: Buffer[] = [];
		let answered: IncomingHttpHeaders = {};
		stream.on('response', (given) => (answered = given));
		stream.on('data', (part: Buffer) => parts.push(part));
		stream.on('end', () =>
			resolve({
				status: Number(answered[':status']),
				headers: answered,
				body: Buffer.concat(parts)
			})
		);
		stream.on('error', reject);
		stream.end(body);
		return promise;
	}

	close() {
		this.#session.destroy();
	}
}
