import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const LAST_LINES = 12;

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ending */

/**
 * A program that runs beside this one, at the head of its own process group: a Ctrl-C in the
 * terminal reaches us alone, so that we end things in order, and its own children can be ended too.
 */
export class Child {
	#child;
	/** @type {string[]} */
	#lines = [];
	/** @type {Promise<Ending>} settles when it is gone, its own children included */
	ended;

	/**
	 * @param {string} file
	 * @param {readonly string[]} args
	 * @param {{ cwd: string, env: NodeJS.ProcessEnv, online: (line: string, from: 'stdout' | 'stderr') => void, onmessage?: (message: unknown) => void }} options
	 */
	constructor(file, args, { cwd, env, online, onmessage }) {
		this.#child = spawn(file, args, {
			cwd,
			env,
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe', onmessage ? 'ipc' : 'ignore']
		});
		if (onmessage) this.#child.on('message', onmessage);
		for (const from of /** @type {const} */ (['stdout', 'stderr'])) {
			const input = this.#child[from];
			if (!input) continue;
			createInterface({ input }).on('line', (line) => {
				this.#lines = [...this.#lines, line].slice(-LAST_LINES);
				online(line, from);
			});
		}
		this.ended = new Promise((resolve) => {
			this.#child.on('error', (error) => {
				this.#lines.push(error.message);
				resolve({ code: 1, signal: null });
			});
			// What it leaves behind may hold its pipes open: its group goes first, the last lines come then.
			this.#child.on('exit', () => this.#killGroup());
			this.#child.on('close', (code, signal) => resolve({ code, signal }));
		});
	}

	/** The last things it said. */
	get lastLines() {
		return this.#lines;
	}

	/**
	 * Asks it to end, and makes it end when it takes too long.
	 * @param {number} patienceMs
	 */
	async stop(patienceMs) {
		this.#child.kill('SIGTERM');
		const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
		await this.ended;
		clearTimeout(timer);
	}

	#killGroup() {
		const { pid } = this.#child;
		if (!pid) return;
		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// nobody is left in it
		}
	}
}

/** @param {Ending} ending */
export const describe = ({ code, signal }) => (signal ? `by ${signal}` : `with code ${code}`);
