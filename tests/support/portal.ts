import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUNDLE_PATH } from '#contracts/bundle';
import { Registration, type NewUpload, type UploadRecord } from '#contracts/upload';
import * as v from 'valibot';
import { COMPILED } from '../../cli/setup/place.js';
import { retryUntil } from './until.ts';

const ROOT = new URL('../../', import.meta.url);

export const OWNER = { email: 'owner@portal.test', password: 'correct-horse-battery' };

interface Listening {
	port: number;
	setupUrl: string | null;
}

/** The real server in a process of its own, with an empty folder of data. */
export class TestPortal {
	readonly dataDir: string;
	readonly #env: Record<string, string>;
	#child: ChildProcess | null = null;
	port = 0;
	setupUrl: string | null = null;
	/** What it wrote, for when a test fails. */
	output = '';

	constructor(dataDir: string, env: Record<string, string>) {
		this.dataDir = dataDir;
		this.#env = env;
	}

	get origin() {
		return `http://127.0.0.1:${this.port}`;
	}
	get pid() {
		return this.#child?.pid;
	}

	async start(): Promise<void> {
		const child = fork(new URL('server/main.ts', ROOT), {
			cwd: ROOT,
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			env: {
				PATH: process.env['PATH'],
				NODE_COMPILE_CACHE: COMPILED,
				DATA_DIR: this.dataDir,
				// The same port after a restart, so that its clients find it again.
				APP_PORT: String(this.port),
				DISK_RESERVE_BYTES: '0',
				LOG_LEVEL: 'info',
				...this.#env
			}
		});
		this.#child = child;
		child.stdout?.on('data', (text) => (this.output += text));
		child.stderr?.on('data', (text) => (this.output += text));
		const exited = once(child, 'exit').then(() => {
			throw new Error(`the server ended before it listened:\n${this.output}`);
		});
		const [message] = (await Promise.race([once(child, 'message'), exited])) as [Listening];
		exited.catch(() => {}); // later it may end as it likes
		this.port = message.port;
		this.setupUrl = message.setupUrl;
	}

	/** Ends it as a service manager would. @returns the exit code */
	async stop(): Promise<number | null> {
		return this.#end('SIGTERM');
	}

	/** Ends it as a power cut would. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	async #end(signal: NodeJS.Signals): Promise<number | null> {
		const child = this.#child;
		if (!child || child.exitCode !== null || child.signalCode !== null)
			return child?.exitCode ?? null;
		const exited = once(child, 'exit');
		child.kill(signal);
		const [code] = (await exited) as [number | null];
		return code;
	}

	/** Somebody who is signed in by the cookie that the API gave. */
	async signIn({ email, password } = OWNER): Promise<Client> {
		const response = await fetch(`${this.origin}/api/session`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ email, password })
		});
		if (response.status !== 204) throw new Error(`sign-in answered ${response.status}`);
		const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
		return new Client(() => this.origin, { Cookie: cookie });
	}

	/** Nobody in particular. */
	get visitor(): Client {
		return new Client(() => this.origin, {});
	}
}

/** Speaks the outside contract. */
export class Client {
	readonly #origin: () => string;
	readonly headers: Record<string, string>;
	token = '';

	constructor(origin: () => string, headers: Record<string, string>) {
		this.#origin = origin;
		this.headers = headers;
	}

	fetch(path: string, init: RequestInit = {}): Promise<Response> {
		return fetch(this.#origin() + path, {
			...init,
			headers: { ...this.headers, ...(init.headers as Record<string, string>) }
		});
	}

	post(path: string, body: unknown): Promise<Response> {
		return this.fetch(path, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body)
		});
	}

	async register(files: NewUpload[], { publish = true } = {}) {
		const response = await this.post('/api/uploads', { files, publish });
		if (response.status !== 200) throw new Error(`registration answered ${response.status}`);
		const registration = v.parse(Registration, await response.json());
		this.token = registration.token;
		return registration.uploads;
	}

	/** Registers one file that must be accepted. @returns its URL */
	async accepted(file: NewUpload, options?: { publish?: boolean }): Promise<string> {
		const [outcome] = await this.register([file], options);
		if (outcome?.outcome !== 'accepted')
			throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
		return outcome.url;
	}

	tus(method: string, url: string, init: RequestInit = {}): Promise<Response> {
		return fetch(this.#origin() + url, {
			method,
			...init,
			headers: {
				Authorization: `Bearer ${this.token}`,
				'Tus-Resumable': '1.0.0',
				...(init.headers as Record<string, string>)
			}
		});
	}

	patch(
		url: string,
		offset: number,
		body: Uint8Array<ArrayBuffer>,
		headers: Record<string, string> = {}
	): Promise<Response> {
		return this.tus('PATCH', url, {
			body,
			headers: {
				'Upload-Offset': String(offset),
				'Content-Type': 'application/offset+octet-stream',
				...headers
			}
		});
	}

	/** Small files together: what the first line says, and the bytes behind it. */
	bundle(
		line: unknown,
		bytes: readonly Uint8Array[],
		headers: Record<string, string> = {}
	): Promise<Response> {
		const body = Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), ...bytes]);
		return this.tus('POST', BUNDLE_PATH, { body, headers });
	}

	async offset(url: string): Promise<number> {
		const response = await this.tus('HEAD', url);
		if (response.status !== 200) throw new Error(`HEAD answered ${response.status}`);
		return Number(response.headers.get('Upload-Offset'));
	}

	/** Registers and sends a file in one PATCH. @returns the upload's id */
	async send(
		name: string,
		bytes: Uint8Array<ArrayBuffer>,
		options: { publish?: boolean; path?: string; key?: string } = {}
	): Promise<string> {
		const { publish = true, path, key = `${name}:${bytes.length}:${Math.random()}` } = options;
		const file = { key, name, size: bytes.length, ...(path !== undefined && { path }) };
		const url = await this.accepted(file, { publish });
		const response = await this.patch(url, 0, bytes);
		if (response.status !== 204) throw new Error(`PATCH answered ${response.status}`);
		return url.slice('/files/'.length);
	}

	async upload(id: string): Promise<UploadRecord> {
		const response = await this.fetch('/api/uploads');
		const { uploads } = (await response.json()) as { uploads: UploadRecord[] };
		const found = uploads.find((upload) => upload.id === id);
		if (!found) throw new Error(`no upload ${id}`);
		return found;
	}

	/** Waits until the server says how it ended. */
	outcome(id: string): Promise<UploadRecord> {
		return retryUntil(
			() => this.upload(id),
			({ state }) => ['ready', 'duplicate', 'failed', 'cancelled'].includes(state)
		);
	}
}

/** Starts a portal of its own; the test ends it by `close`. */
export async function startPortal(env: Record<string, string> = {}) {
	const dataDir = await mkdtemp(path.join(tmpdir(), 'segue-test-'));
	const portal = new TestPortal(dataDir, {
		OWNER_EMAIL: OWNER.email,
		OWNER_PASSWORD: OWNER.password,
		...env
	});
	await portal.start();
	return {
		portal,
		async close() {
			await portal.stop();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

/** The system may give one out twice before anybody listens there. */
const givenPorts = new Set<number>();

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (typeof address !== 'object' || !address) throw new Error('no port');
	const { port } = address;
	if (givenPorts.has(port)) return freePort();
	givenPorts.add(port);
	return port;
}
