import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first run builds the pages. */
const BUILDING_MS = 120_000;

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'segue-start-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Takes a port, so that nobody else is given it. */
async function takePort() {
	const server = createServer();
	server.listen(0);
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return { port, free: () => new Promise((resolve) => server.close(resolve)) };
}

async function freePort() {
	const { port, free } = await takePort();
	await free();
	return port;
}

/** `npm start` without npm, as a supervisor would run it. */
async function start(env: Record<string, string> = {}) {
	const site = await freePort();
	const child = spawn(process.execPath, ['cli/start.js'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			SITE_ADDRESS: `https://localhost:${site}`,
			APP_PORT: String(await freePort()),
			DATA_DIR: join(folder, 'data'),
			npm_lifecycle_event: undefined,
			...env
		}
	});
	let output = '';
	const ended = once(child, 'close').then(([code]) => ({ code: code as number, output }));
	const said = (words: string) =>
		new Promise<string>((resolve, reject) => {
			const look = () => output.includes(words) && resolve(output);
			child.stdout.on('data', look);
			child.stderr.on('data', look);
			void ended.then(() => reject(new Error(`it ended before it said "${words}":\n${output}`)));
		});
	child.stdout.on('data', (chunk) => (output += chunk));
	child.stderr.on('data', (chunk) => (output += chunk));
	return { child, site, ended, said };
}

async function get(port: number, path: string) {
	const asked = request({
		host: '127.0.0.1',
		port,
		path,
		rejectUnauthorized: false,
		servername: 'localhost',
		headers: { host: `localhost:${port}` }
	});
	asked.end();
	const [response] = await once(asked, 'response');
	response.resume();
	return response.statusCode as number;
}

/** Elsewhere there is no /proc to find processes by what they were given. */
const onLinux = test.runIf(process.platform === 'linux');

/** Whoever was given our folder in the environment belongs to us, whatever became of its parents. */
function left() {
	return readdirSync('/proc').filter((pid) => {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
		try {
			return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
		} catch {
			return false; // it ended while we looked
		}
	});
}

onLinux(
	'it comes up, answers over TLS, and Ctrl-C leaves no process behind',
	async () => {
		const { child, site, said, ended } = await start();

		await said('Segue is at');
		expect(await get(site, '/healthz')).toBe(200);
		expect(left().length).toBeGreaterThanOrEqual(3);
		child.kill('SIGINT');

		expect((await ended).code).toBe(0);
		expect(left()).toEqual([]);
	},
	BUILDING_MS
);

onLinux(
	'a server that is killed is there again, behind the same address',
	async () => {
		const { child, site, said, ended } = await start();
		await said('Segue is at');

		const server = left().find((pid) =>
			readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/main.ts')
		);
		process.kill(Number(server), 'SIGKILL');
		await said('is started again');

		expect(await get(site, '/healthz')).toBe(200);
		child.kill('SIGTERM');
		expect((await ended).code).toBe(0);
	},
	BUILDING_MS
);

test(
	'the first account’s link is printed, with the address',
	async () => {
		const { child, site, said, ended } = await start();

		const output = await said('Ctrl-C ends it');
		child.kill('SIGTERM');
		await ended;

		expect(output).toContain(`Segue is at https://localhost:${site}`);
		expect(output).toMatch(new RegExp(`https://localhost:${site}/setup\\?token=\\S+`));
	},
	BUILDING_MS
);

test('a port that is taken is said in one sentence', async () => {
	const { port, free } = await takePort();

	const site = await start({ SITE_ADDRESS: `https://localhost:${port}` });
	const app = await start({ APP_PORT: String(port) });

	for (const { ended } of [site, app]) {
		const { code, output } = await ended;
		expect(code).toBe(1);
		expect(output).toMatch(new RegExp(`^Port ${port} is taken by another program: [^\\n]*\\n$`));
	}
	await free();
});

test('a data folder that cannot be written is said in one sentence', async () => {
	const file = join(folder, 'file');
	writeFileSync(file, '');

	const { ended } = await start({ DATA_DIR: file });

	const { code, output } = await ended;
	expect(code).toBe(1);
	expect(output).toMatch(
		/^Segue cannot keep its data in \S+ \(DATA_DIR\): a file stands where [^\n]*\n$/
	);
});

test(
	'what the server finds wrong in its environment is passed on as it is',
	async () => {
		const { ended } = await start({ LOG_LEVEL: 'loud' });

		const { code, output } = await ended;
		expect(code).toBe(1);
		expect(output).toContain('LOG_LEVEL: must be debug, info, warn, error or silent');
		expect(output).not.toMatch(/^\s+at /m);
	},
	BUILDING_MS
);

test('without Caddy and a way to install it, it is said what to install', async () => {
	const { ended } = await start({ PATH: folder });

	const { code, output } = await ended;
	expect(code).toBe(1);
	expect(output).toContain('Segue needs Caddy, ffmpeg and ffprobe, which are not here.');
	expect(output).toContain('https://caddyserver.com/docs/install');
});

test('a Caddy that is too old is said in one sentence', async () => {
	for (const [name, says] of [
		['caddy', 'v2.4.6 h1:x'],
		['ffmpeg', 'ffmpeg version 6.1'],
		['ffprobe', 'ffprobe version 6.1']
	] as const) {
		writeFileSync(join(folder, name), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
	}

	const { ended } = await start({ PATH: folder });

	const { code, output } = await ended;
	expect(code).toBe(1);
	expect(output).toMatch(/^Caddy 2\.4\.6 is too old: Segue needs 2\.6 or newer, see \S+\n$/);
});
