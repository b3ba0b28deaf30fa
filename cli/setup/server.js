import { Child, describe } from './child.js';
import { ROOT } from './place.js';
import { say, Stop } from './say.js';

/** As sysexits.h has it: what the server ends with when its environment is wrong. */
const BAD_CONFIGURATION = 78;

/** Longer than a healthy start: whoever lived so long did not die of it. */
const QUICK_DEATH_MS = 30_000;
const MOST_QUICK_DEATHS = 5;
const FIRST_WAIT_MS = 200;

/** Uploads in flight are put down in order; the server gives them less than this. */
const PATIENCE_MS = 10_000;

/** @typedef {{ type: 'listening', port: number, setupUrl: string | null }} Listening */

/**
 * How long to wait before the server is started again.
 * @param {number} quickDeaths how often in a row it died soon after its start
 * @returns {number | null} null to give up
 */
export const waitAfter = (quickDeaths) =>
	quickDeaths >= MOST_QUICK_DEATHS ? null : FIRST_WAIT_MS * 2 ** Math.max(0, quickDeaths - 1);

/** The server process, started again when it dies: the edge holds requests meanwhile. */
export class Server {
	#options;
	/** @type {Child | null} */
	#child = null;
	#isStopping = false;
	#quickDeaths = 0;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#hasListened = false;

	/** @type {(listening: Listening) => void} */
	#onlistening = () => {};
	/** @type {(reason: Stop) => void} */
	#onlost = () => {};

	/** @type {Promise<Listening>} the first time it listens */
	listening = new Promise((resolve) => (this.#onlistening = resolve));
	/** @type {Promise<Stop>} that it cannot be kept up, and why */
	lost = new Promise((resolve) => (this.#onlost = resolve));

	/**
	 * @param {{ node: string, entry: string, env: NodeJS.ProcessEnv, log: import('./log.js').Log, isPatient?: boolean }} options
	 *   `isPatient`: after a death it waits for `restart()`, as one does who is writing it
	 */
	constructor(options) {
		this.#options = options;
	}

	start() {
		const { node, entry, env, log } = this.#options;
		const begun = Date.now();
		const child = new Child(node, [entry], {
			cwd: ROOT,
			env,
			online: log.online,
			onmessage: (message) => {
				if (!isListening(message)) return;
				this.#hasListened = true;
				this.#onlistening(message);
			}
		});
		this.#child = child;
		void child.ended.then((ending) => {
			if (this.#child === child && !this.#isStopping) this.#died(child, ending, begun);
		});
	}

	/**
	 * @param {Child} child
	 * @param {import('./child.js').Ending} ending
	 * @param {number} begun
	 */
	#died(child, ending, begun) {
		const { log, isPatient } = this.#options;
		const said = log.isSeen ? '' : child.lastLines.join('\n');
		const lastWords = said && ` The last it said:\n\n${said}`;
		this.#child = null;
		if (ending.code === BAD_CONFIGURATION) return this.#onlost(new Stop(said));
		if (isPatient) {
			say(
				`The server ended ${describe(ending)}, and starts again when a file changes.${lastWords}`
			);
			return;
		}
		if (!this.#hasListened) {
			return this.#onlost(new Stop(`The server did not start.${lastWords}`));
		}
		this.#quickDeaths = Date.now() - begun < QUICK_DEATH_MS ? this.#quickDeaths + 1 : 0;
		const wait = waitAfter(this.#quickDeaths);
		if (wait === null) {
			const often = `The server ended ${this.#quickDeaths} times in a row`;
			return this.#onlost(new Stop(`${often}, and is not started again.${lastWords}`));
		}
		say(`The server ended ${describe(ending)} and is started again.`);
		this.#timer = setTimeout(() => this.start(), wait);
	}

	/** Ends it in order and starts it anew. */
	async restart() {
		const child = this.#child;
		this.#child = null;
		await child?.stop(PATIENCE_MS);
		if (!this.#isStopping && !this.#child) this.start();
	}

	async stop() {
		this.#isStopping = true;
		clearTimeout(this.#timer);
		await this.#child?.stop(PATIENCE_MS);
	}
}

/**
 * @param {unknown} message
 * @returns {message is Listening}
 */
const isListening = (message) =>
	typeof message === 'object' &&
	message !== null &&
	'type' in message &&
	message.type === 'listening';
