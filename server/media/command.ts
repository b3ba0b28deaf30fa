import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const MAX_STDOUT_BYTES = 1024 * 1024;
const MAX_STDERR_BYTES = 16 * 1024;

export class CommandFailed extends Error {
	override readonly name = 'CommandFailed';
	readonly reason: 'timeout' | 'exit' | 'killed' | 'missing' | 'disk_full' | 'aborted';

	constructor(reason: CommandFailed['reason'], message: string) {
		super(message);
		this.reason = reason;
	}
}

export interface CommandOptions {
	cwd: string;
	timeoutMs: number;
	signal: AbortSignal;
}

/**
 * Runs a program as background work: last in line for the CPU and the disk, in a process group of its own, and gone
 * when we are. Resolves to what it printed.
 * @throws CommandFailed
 */
export type RunInBackground = (
	program: string,
	args: readonly string[],
	options: CommandOptions
) => Promise<string>;

/** @param searchPath where programs are, as PATH says it */
export function createRunner(searchPath: string): RunInBackground {
	const prefix = yielding(searchPath);
	return (program, args, options) =>
		run([...prefix, program, ...args], program, searchPath, options);
}

function run(
	[first = '', ...rest]: readonly string[],
	program: string,
	searchPath: string,
	{ cwd, timeoutMs, signal }: CommandOptions
): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	if (signal.aborted) return Promise.reject(new CommandFailed('aborted', program));
	const child = spawn(first, rest, {
		cwd,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { PATH: searchPath, LC_ALL: 'C.UTF-8' }
	});
	let stdout = '';
	let stderr = '';
	let ending: CommandFailed | null = null;
	const end = (failure: CommandFailed) => {
		ending ??= failure;
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, 'SIGKILL');
		} catch {
			// The group is gone already: that is what was asked for.
		}
	};
	const onabort = () => end(new CommandFailed('aborted', program));
	signal.addEventListener('abort', onabort, { once: true });
	const timer = setTimeout(
		() => end(new CommandFailed('timeout', `${program} took longer than ${timeoutMs} ms`)),
		timeoutMs
	);
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
		if (stdout.length > MAX_STDOUT_BYTES)
			end(new CommandFailed('exit', `${program} said too much`));
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		if (stderr.length < MAX_STDERR_BYTES) stderr += text;
	});
	child.on('error', (error) => {
		ending ??= new CommandFailed('missing', error.message);
	});
	child.on('close', (code, killedBy) => {
		clearTimeout(timer);
		signal.removeEventListener('abort', onabort);
		if (ending) reject(ending);
		else if (code === 0) resolve(stdout);
		else
			reject(
				new CommandFailed(
					reasonOf(code, stderr),
					`${program} ended with ${code ?? killedBy}: ${stderr}`
				)
			);
	});
	return promise;
}

/** Whether it was the file, or this machine: only the first says anything about the music. */
function reasonOf(code: number | null, stderr: string): 'exit' | 'killed' | 'disk_full' {
	if (code === null) return 'killed';
	return stderr.includes('No space left on device') ? 'disk_full' : 'exit';
}

/** What goes before a program so that it yields; as much of it as this machine has. */
function yielding(searchPath: string): readonly string[] {
	return [
		...(isThere('setpriv', searchPath) ? ['setpriv', '--pdeathsig', 'KILL', '--'] : []),
		...(isThere('ionice', searchPath) ? ['ionice', '-c', '3', '-t'] : []),
		...(isThere('nice', searchPath) ? ['nice', '-n', '19'] : [])
	];
}

export function isThere(program: string, searchPath: string): boolean {
	return searchPath.split(path.delimiter).some((folder) => {
		try {
			accessSync(path.join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false; // not in this folder
		}
	});
}
