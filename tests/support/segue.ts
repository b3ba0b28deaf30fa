import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COMMAND = fileURLToPath(new URL('../../cli/segue.js', import.meta.url));

/** `npx segue …`; @returns what it printed. */
export async function runSegue(args: string[], env: Record<string, string>): Promise<string> {
	const { stdout } = await run(process.execPath, [COMMAND, ...args], {
		env: { PATH: process.env['PATH'], ...env }
	});
	return stdout;
}

/** The same while it runs: what it printed so far, and how it ended. */
export function startSegue(args: string[]) {
	const child = spawn(process.execPath, [COMMAND, ...args], {
		env: { PATH: process.env['PATH'] }
	});
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
	return {
		get output() {
			return output;
		},
		exitCode: once(child, 'close').then(([code]) => code as number | null),
		async says(words: string) {
			while (!output.includes(words)) await once(child.stdout, 'data');
		},
		/** As Ctrl+C does. */
		stop: () => void child.kill('SIGINT')
	};
}
