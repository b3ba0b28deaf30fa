import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROTATED_BYTES = 10 * 1024 * 1024;

/** pino's */
const WARN = 40;
const ERROR = 50;

/** @typedef {{ online: (line: string, from: 'stdout' | 'stderr') => void, close: () => void }} Log */

/**
 * Where a program's lines go. At a terminal they go to a file, and the person sees warnings as short
 * lines; under a supervisor they go on as they came, for it keeps the logs.
 * @param {{ dataDir: string, name: string, terminal: boolean, isShort: boolean }} options
 * @returns {Log}
 */
export function openLog({ dataDir, name, terminal, isShort }) {
	if (!terminal) {
		return { online: (line, from) => process[from].write(`${line}\n`), close: () => {} };
	}
	const file = rotate(logsIn(dataDir), name);
	return {
		online(line) {
			file.write(`${line}\n`);
			const short = isShort ? shorten(line) : null;
			if (short) process.stdout.write(`${short}\n`);
		},
		close: () => file.end()
	};
}

/** @param {string} dataDir */
export const logsIn = (dataDir) => join(dataDir, 'logs');

/**
 * @param {string} folder
 * @param {string} name
 */
function rotate(folder, name) {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const path = join(folder, `${name}.log`);
	const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	if (size > ROTATED_BYTES) renameSync(path, `${path}.1`);
	const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
	file.on('error', () => {}); // a full disk must not end the portal for its log
	return file;
}

/**
 * A warning or an error of the server, in a line that fits a terminal.
 * @param {string} line
 * @returns {string | null} null for what needs nobody's eyes
 */
export function shorten(line) {
	const entry = parse(line);
	if (!entry || typeof entry.level !== 'number' || entry.level < WARN) return null;
	const word = entry.level < ERROR ? 'warning' : 'error';
	const time = new Date(entry.time ?? Date.now()).toTimeString().slice(0, 8);
	const cause = entry.error?.message ?? entry.err?.message;
	return `${time} ${word}: ${[entry.msg, cause].filter(Boolean).join(': ')}`;
}

/**
 * @param {string} line
 * @returns {{ level?: unknown, time?: number | string, msg?: string, error?: { message?: string }, err?: { message?: string } } | null}
 */
function parse(line) {
	if (!line.startsWith('{')) return null;
	try {
		return JSON.parse(line);
	} catch {
		return null; // a line that only looks like a log entry
	}
}
