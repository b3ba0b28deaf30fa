import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { H2 } from '../support/h2.ts';
import { makeMusic } from '../support/music.ts';
import { freePort } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MINUTES = 60_000;
const run = promisify(execFile);

/** What a newcomer has: the system's own Node, nothing of ours. */
const SYSTEM_PATH = (process.env['PATH'] ?? '')
	.split(path.delimiter)
	.filter((folder) => !folder.includes('node_modules'))
	.join(path.delimiter);

/** Processes that were started with this in their environment, however deep. */
async function processesWith(mark: string): Promise<string[]> {
	const found = [];
	for (const pid of await readdir('/proc')) {
		if (!/^\d+$/.test(pid)) continue;
		try {
			if ((await readFile(`/proc/${pid}/environ`, 'utf8')).includes(mark)) found.push(pid);
		} catch {
			// It ended while we looked.
		}
	}
	return found;
}

test(
	'a newcomer clones, starts, uploads over HTTP/2, plays and ends it',
	{ timeout: 8 * MINUTES },
	async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'segue-newcomer-'));
		const clone = path.join(folder, 'segue');
		const dataDir = path.join(folder, 'data');
		const [edgePort, appPort] = [await freePort(), await freePort()];
		const origin = `https://localhost:${edgePort}`;
		await run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone]);
		const child = spawn('npm', ['start'], {
			cwd: clone,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {
				PATH: SYSTEM_PATH,
				HOME: process.env['HOME'],
				DATA_DIR: dataDir,
				APP_PORT: String(appPort),
				SITE_ADDRESS: origin,
				DISK_RESERVE_BYTES: '0'
			}
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (text) => (output += text));
		const exited = once(child, 'exit');
		onTestFinished(async () => {
			if (child.exitCode === null) child.kill('SIGINT');
			await exited;
			await rm(folder, { recursive: true, force: true });
		});
		const link = await retryUntil(
			() => {
				if (child.exitCode !== null) throw new Error(output);
				return /https:\S+\/setup\?token=[\w-]+/.exec(output)?.[0];
			},
			(found) => found !== undefined
		);
		const h2 = new H2(origin);

		// The contract alone, as a script would speak it.
		const form = 'name=Ada&email=ada%40portal.test&password=a-long-enough-one';
		const setUp = await h2.request('POST', link?.slice(origin.length) ?? '', {
			headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin },
			body: Buffer.from(form)
		});
		expect(setUp.status).toBe(303);
		const json = { 'content-type': 'application/json' };
		const signedIn = await h2.request('POST', '/api/session', {
			headers: json,
			body: Buffer.from('{"email":"ada@portal.test","password":"a-long-enough-one"}')
		});
		expect(signedIn.status).toBe(204);
		const cookie = signedIn.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
		const song = await makeMusic({ format: 'flac', seconds: 3 });
		const registered = await h2.request('POST', '/api/uploads', {
			headers: { ...json, cookie },
			body: Buffer.from(
				JSON.stringify({ publish: true, files: [{ key: 'a', name: 'a.flac', size: song.length }] })
			)
		});
		const { token, uploads } = JSON.parse(registered.body.toString());
		const sent = await h2.request('PATCH', uploads[0].url, {
			headers: {
				authorization: `Bearer ${token}`,
				'tus-resumable': '1.0.0',
				'upload-offset': '0',
				'content-type': 'application/offset+octet-stream'
			},
			body: song
		});
		expect([sent.status, sent.headers['upload-offset']]).toEqual([204, String(song.length)]);
		const { tracks } = await retryUntil(
			async () => JSON.parse((await h2.request('GET', '/api/tracks')).body.toString()),
			(page) => page.tracks.length === 1
		);
		const part = await h2.request('GET', tracks[0].streamUrl, {
			headers: { range: 'bytes=100-199' }
		});
		expect([part.status, part.body.equals(song.subarray(100, 200))]).toEqual([206, true]);
		expect(h2.protocol).toBe('h2');
		h2.close();

		child.kill('SIGINT');
		await exited;
		expect(await processesWith(dataDir)).toEqual([]);
	}
);
