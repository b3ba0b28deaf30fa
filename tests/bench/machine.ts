import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

const GIB = 1024 ** 3;

/** A figure says little without what it was taken on. The load tells whether somebody else was busy there. */
export function machine(): Record<string, string> {
	const cores = cpus();
	return {
		cores: `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}`,
		memory: `${(totalmem() / GIB).toFixed(0)} GiB`,
		load: loadavg()
			.map((load) => load.toFixed(1))
			.join(', '),
		node: process.version,
		chromium: said(process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium', '--version'),
		caddy: said('caddy', 'version')
	};
}

function said(program: string, question: string): string {
	try {
		const words = execFileSync(program, [question], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore']
		});
		return words.trim().split('\n')[0] ?? '';
	} catch {
		return 'unknown'; // this bench did without it
	}
}
