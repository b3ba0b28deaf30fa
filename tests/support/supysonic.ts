import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './portal.ts';
import { retryUntil } from './until.ts';

const run = promisify(execFile);

/** Whether this machine has Debian's Subsonic server. `npm test` installs it where it can. */
export const hasSupysonic = await run('sh', [
	...[
		'-c',
		'for each in supysonic-cli supysonic-server waitress-serve; do command -v $each || exit 1; done'
	]
]).then(
	() => true,
	() => false
);

export const NO_SUPYSONIC = 'supysonic and waitress are not on this machine';

/** A Subsonic server that has read a folder of music. It keeps what it knows in `folder`. */
export async function startSupysonic(folder: string, music: string) {
	const port = await freePort();
	await mkdir(path.join(folder, 'cache'), { recursive: true });
	const config = path.join(folder, '.supysonic');
	await writeFile(
		config,
		`[base]\ndatabase_uri = sqlite:///${folder}/supysonic.db\n[webapp]\ncache_dir = ${folder}/cache\nlog_file = ${folder}/log\nmount_api = on\n[daemon]\nsocket = ${folder}/daemon.sock\n`
	);
	const env = { ...process.env, HOME: folder };
	const options = { cwd: folder, env };
	const cli = (...args: string[]) => run('supysonic-cli', args, options);
	await cli('user', 'add', 'ada', '-p', 'her secret');
	await cli('folder', 'add', 'music', music);
	await cli('folder', 'scan', '-f', 'music');
	const child: ChildProcess = spawn(
		'supysonic-server',
		['-S', 'waitress', '--host', '127.0.0.1', '-p', String(port)],
		{ ...options, stdio: 'ignore' }
	);
	const ended = once(child, 'exit');
	const url = `http://127.0.0.1:${port}`;
	const isUp = retryUntil(
		() =>
			fetch(`${url}/rest/ping.view?u=ada&p=her%20secret&v=1.16.1&c=t&f=json`).then(
				({ ok }) => ok,
				() => false
			),
		(isUp) => isUp
	);
	const isGone = ended.then(([code]) => {
		throw new Error(`supysonic ended with ${code} before it answered`);
	});
	await Promise.race([isUp, isGone]);
	isGone.catch(() => {}); // later it may end as it likes
	return {
		...{ url, username: 'ada', password: 'her secret' },
		/** Asks it as its own person would. A parameter may be given several times. */
		async ask(method: string, parameters: Record<string, string | string[]>) {
			const query = new URLSearchParams({
				u: 'ada',
				p: 'her secret',
				v: '1.16.1',
				c: 't',
				f: 'json'
			});
			for (const [name, given] of Object.entries(parameters)) {
				for (const value of [given].flat()) query.append(name, value);
			}
			const response = await fetch(`${url}/rest/${method}.view?${query.toString()}`);
			const answer = (await response.json()) as {
				'subsonic-response': Record<string, Record<string, unknown[]> | undefined>;
			};
			return answer['subsonic-response'];
		},
		/** It answers nobody until it goes on. */
		hold: () => child.kill('SIGSTOP'),
		goOn: () => child.kill('SIGCONT'),
		async close() {
			child.kill('SIGKILL');
			await ended;
		}
	};
}
