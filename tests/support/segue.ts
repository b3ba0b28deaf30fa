import { execFile } from 'node:child_process';
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
