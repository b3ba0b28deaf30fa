import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROTATED_BYTES = 10 * 1024 * 1024;

/** What needs someone's eyes, and the word for it. */
const WORDS = new Map([
	['warn', 'warning'],
	['error', 'error'],
	['fatal', 'error']
]);

/** @typedef {'nothing' | 'warnings' | 'text'} Shown what of a log a person at a terminal sees; `text` is warnings and all that is no log entry */
/** @typedef {{ online: (line: string, from: 'stdout' | 'stderr') => void, isSeen: boolean, close: () => void }} Log `isSeen`: its last lines are on the screen already */

/**
 * Where a program's lines go. At a terminal they go to a file, and the person sees a few of them;
 * under a supervisor, which keeps the logs, they go on as they came.
 * @param {{ dataDir: string, name: string, terminal: boolean, shown: Shown }} options
 * @returns {Log}
 */
export function openLog({ dataDir, name, terminal, shown }) {
	if (!terminal) {
		return {
			online: (line, from) => process[from].write(`${line}\n`),
			isSeen: true,
			close: () => {}
		};
	}
	const file = openFile(logsIn(dataDir), name);
	return {
		online(line) {
			file.write(`${line}\n`);
			const short = shorten(line, shown);
			if (short !== null) process.stdout.write(`${short}\n`);
		},
		isSeen: shown === 'text',
		close: () => file.end()
	};
}

/** @param {string} dataDir */
export const logsIn = (dataDir) => join(dataDir, 'logs');

/**
 * @param {string} folder
 * @param {string} name
 */
function openFile(folder, name) {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const path = join(folder, `${name}.log`);
	const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	if (size > ROTATED_BYTES) renameSync(path, `${path}.1`);
	const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
	file.on('error', () => {}); // a full disk must not end the portal for its log
	return file;
}

/**
 * A line as a person sees it.
 * @param {string} line
 * @param {Shown} shown
 * @returns {string | null} null for what needs nobody's eyes
 */
export function shorten(line, shown) {
	if (shown === 'nothing') return null;
	const entry = parse(line);
	if (!entry) return shown === 'text' ? line : null;
	const word = WORDS.get(String(entry.level));
	if (!word) return null;
	const time = new Date(entry.time ?? Date.now()).toTimeString().slice(0, 8);
	return `${time} ${word}: ${[entry.msg, entry.error?.message].filter(Boolean).join(': ')}`;
}

/**
 * @param {string} line
 * @returns {{ level?: string, time?: string, msg?: string, error?: { message?: string } } | null} null for what is no log entry
 */
function parse(line) {
	if (!line.startsWith('{')) return null;
	try {
		return JSON.parse(line);
	} catch {
		return null; // a line that only looks like one
	}
}
