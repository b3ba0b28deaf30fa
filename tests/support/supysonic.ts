import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './portal.ts';
import { retryUntil } from './until.ts';

const run = promisify(execFile);

/** Debian's Subsonic server with a library of its own, or null on machines that do not have it. */
export async function startSupysonic(folder: string, music: string) {
	try {
		await run('supysonic-cli', ['--help']);
	} catch {
		return null;
	}
	const port = await freePort();
	await mkdir(path.join(folder, 'cache'), { recursive: true });
	const config = path.join(folder, '.supysonic');
	await writeFile(
		config,
		`[base]\ndatabase_uri = sqlite:///${folder}/supysonic.db\n[webapp]\ncache_dir = ${folder}/cache\nlog_file = ${folder}/log\nmount_api = on\n`
	);
	const env = { ...process.env, HOME: folder };
	const options = { cwd: folder, env };
	const cli = (...args: string[]) => run('supysonic-cli', args, options);
	await cli('user', 'add', 'ada', '-p', 'her secret');
	await cli('folder', 'add', 'music', music);
	await cli('folder', 'scan', '-f', 'music');
	const child: ChildProcess = spawn(
		'supysonic-server',
		['-S', 'werkzeug', '--host', '127.0.0.1', '-p', String(port)],
		{ ...options, stdio: 'ignore' }
	);
	const url = `http://127.0.0.1:${port}`;
	await retryUntil(
		() =>
			fetch(`${url}/rest/ping.view?u=ada&p=her%20secret&v=1.16.1&c=t&f=json`).then(
				({ ok }) => ok,
				() => false
			),
		(isUp) => isUp
	);
	return { url, username: 'ada', password: 'her secret', close: () => child.kill() };
}
