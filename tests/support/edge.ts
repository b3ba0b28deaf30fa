import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { retryUntil } from './until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The real Caddy with the Caddyfile that ships, in front of a server on `appPort`. */
export async function startEdge(options: {
	appPort: number;
	dataDir: string;
	/** As SITE_ADDRESS takes them. */
	addresses: string[];
	/** Another file than the one that ships. */
	config?: string;
}) {
	const { config = 'Caddyfile' } = options;
	const child = spawn('caddy', ['run', '--config', config, '--adapter', 'caddyfile'], {
		cwd: ROOT,
		stdio: ['ignore', 'ignore', 'pipe'],
		env: {
			PATH: process.env['PATH'],
			SITE_ADDRESS: options.addresses.join(', '),
			APP_PORT: String(options.appPort),
			DATA_DIR: options.dataDir,
			CLIENT_DIR: `${ROOT}build/client`,
			XDG_CONFIG_HOME: `${options.dataDir}/caddy`,
			XDG_DATA_HOME: `${options.dataDir}/caddy`
		}
	});
	let output = '';
	child.stderr.on('data', (text) => (output += text));
	const exited = once(child, 'exit');
	for (const address of options.addresses) {
		await retryUntil(
			() => {
				if (child.exitCode !== null) throw new Error(`the edge ended:\n${output}`);
				return answers(Number(new URL(address).port));
			},
			(isUp) => isUp
		);
	}
	return {
		pid: child.pid ?? 0,
		async close() {
			child.kill('SIGTERM');
			await exited;
		}
	};
}

/** Base64 of the SHA-256 of the public key that the edge has for localhost (RFC 7469, 2.4). */
export async function keyOf(dataDir: string): Promise<string> {
	const folder = path.join(dataDir, 'caddy', 'certificates', 'local', 'localhost');
	const { publicKey } = new X509Certificate(await readFile(path.join(folder, 'localhost.crt')));
	const spki = publicKey.export({ type: 'spki', format: 'der' });
	return createHash('sha256').update(spki).digest('base64');
}

async function answers(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false; // not yet
	} finally {
		socket.destroy();
	}
}
