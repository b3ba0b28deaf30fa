/** Ends a command with words for the person who typed it; what carries no stack needs none. */
export class Stop extends Error {}

/** @param {string} [line] */
export function say(line = '') {
	process.stdout.write(`${line}\n`);
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/**
 * Says what is under way, and how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function step(what, work) {
	process.stdout.write(`${what} … `);
	const begun = Date.now();
	try {
		const result = await work();
		say(seconds(Date.now() - begun));
		return result;
	} catch (error) {
		say('failed');
		throw error;
	}
}

/**
 * Runs a command to its exit code.
 * @param {() => Promise<number>} command
 */
export async function main(command) {
	// A closed terminal or pipe must not keep the children from being ended.
	process.stdout.on('error', () => {});
	process.stderr.on('error', () => {});
	try {
		process.exitCode = await command();
	} catch (error) {
		if (error instanceof Stop) process.stderr.write(`${error.message}\n`);
		else console.error(error);
		process.exitCode = 1;
	}
}
