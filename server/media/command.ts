import { spawn } from 'node:child_process';
import type { Cage } from './cage.ts';

const MAX_STDOUT_BYTES = 1024 * 1024;
/** Of what it complains about, the end tells why it ended. */
const MAX_STDERR_BYTES = 16 * 1024;
/** What is left in its pipes when it is over comes at once, unless something else holds them open. */
const LAST_WORDS_MS = 1_000;
/** Programs that print their answer write no files. */
const NO_OUTPUT_BYTES = 64 * 1024;

export class CommandFailed extends Error {
	override readonly name = 'CommandFailed';
	/**
	 * `exit`: it said no. `crashed`: it fell over what it read. `limits`: it would have taken too much of something.
	 * `killed`: somebody or the machine ended it. `missing`: it could not be started.
	 */
	readonly reason:
		'timeout' | 'exit' | 'crashed' | 'limits' | 'killed' | 'missing' | 'disk_full' | 'aborted';

	constructor(reason: CommandFailed['reason'], message: string) {
		super(message);
		this.reason = reason;
	}
}

export interface CommandOptions {
	/** A folder of its own with what it reads: all that it sees of the library. */
	cwd: string;
	timeoutMs: number;
	/** The most that a file which it writes may hold; absent for what writes none. */
	outputBytes?: number;
	signal: AbortSignal;
}

export interface Output {
	stdout: string;
	/** The last of it. */
	stderr: string;
}

/**
 * Runs a program as background work in the cage: last in line for the CPU and the disk, in a process group of its
 * own, and gone when we are.
 * @throws CommandFailed
 */
export type RunInBackground = (
	program: string,
	args: readonly string[],
	options: CommandOptions
) => Promise<Output>;

/** @param searchPath where programs are, as PATH says it */
export function createRunner({
	cage,
	searchPath
}: {
	cage: Pick<Cage, 'around'>;
	searchPath: string;
}): RunInBackground {
	return (program, args, options) => {
		const { timeoutMs, outputBytes = NO_OUTPUT_BYTES } = options;
		const limits = { cpuSeconds: Math.ceil(timeoutMs / 1000), outputBytes };
		return run([...cage.around(limits), program, ...args], program, searchPath, options);
	};
}

function run(
	[first = '', ...rest]: readonly string[],
	program: string,
	searchPath: string,
	{ cwd, timeoutMs, signal }: CommandOptions
): Promise<Output> {
	const { promise, resolve, reject } = Promise.withResolvers<Output>();
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
	const killGroup = () => {
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, 'SIGKILL');
		} catch {
			// The group is gone already: that is what was asked for.
		}
	};
	const end = (failure: CommandFailed) => {
		ending ??= failure;
		killGroup();
	};
	const onabort = () => end(new CommandFailed('aborted', program));
	signal.addEventListener('abort', onabort, { once: true });
	const timer = setTimeout(
		() => end(new CommandFailed('timeout', `${program} took longer than ${timeoutMs} ms`)),
		timeoutMs
	);
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		if (ending) return;
		stdout += text;
		if (stdout.length > MAX_STDOUT_BYTES)
			end(new CommandFailed('limits', `${program} said too much`));
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr = (stderr + text).slice(-MAX_STDERR_BYTES);
	});
	child.on('error', (error) => {
		ending ??= new CommandFailed('missing', error.message);
	});
	let lastWords: NodeJS.Timeout | null = null;
	child.on('exit', () => {
		// Whatever it started in its own group goes too, and what hides from that may not hold us up by its pipes.
		killGroup();
		lastWords = setTimeout(() => {
			child.stdout.destroy();
			child.stderr.destroy();
		}, LAST_WORDS_MS);
	});
	child.on('close', (code, killedBy) => {
		clearTimeout(timer);
		if (lastWords) clearTimeout(lastWords);
		signal.removeEventListener('abort', onabort);
		if (ending) reject(ending);
		else if (code === 0) resolve({ stdout, stderr });
		else
			reject(
				new CommandFailed(
					killedBy ? reasonOfSignal(killedBy) : reasonOfExit(stderr),
					`${program} ended with ${code ?? killedBy}: ${stderr}`
				)
			);
	});
	return promise;
}

/** Whether it was the file, or this machine: only the first says anything about the music. */
function reasonOfExit(stderr: string): 'exit' | 'limits' | 'disk_full' {
	if (stderr.includes('No space left on device')) return 'disk_full';
	return /File too large|Cannot allocate memory/.test(stderr) ? 'limits' : 'exit';
}

function reasonOfSignal(signal: NodeJS.Signals): 'crashed' | 'limits' | 'killed' {
	switch (signal) {
		case 'SIGSEGV':
		case 'SIGABRT':
		case 'SIGBUS':
		case 'SIGFPE':
		case 'SIGILL':
		case 'SIGSYS':
			return 'crashed';
		case 'SIGXCPU':
		case 'SIGXFSZ':
			return 'limits';
		default:
			return 'killed';
	}
}
