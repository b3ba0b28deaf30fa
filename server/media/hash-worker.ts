import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { Answer, ToHash } from './inspector.ts';

const PIECE_BYTES = 1024 * 1024;
const piece = Buffer.allocUnsafe(PIECE_BYTES);

/** Last in line for the CPU and the disk, as ffmpeg is. Elsewhere a thread has no place of its own in either line. */
function yieldToAll() {
	if (process.platform !== 'linux') return;
	setPriority(constants.priority.PRIORITY_LOW); // of this thread alone: Linux asks for no process here
	const thread = path.basename(readlinkSync('/proc/thread-self'));
	// Not every machine has it.
	execFile('ionice', ['-c', '3', '-t', '-p', thread], () => {});
}

/** sha-256 of a whole file, in hexadecimal. Read by this thread itself, so that its place in line holds for the disk. */
function hashFile(file: string): string {
	const hash = createHash('sha256');
	const opened = openSync(file, 'r');
	try {
		for (let length = 1; length > 0; hash.update(piece.subarray(0, length))) {
			length = readSync(opened, piece);
		}
	} finally {
		closeSync(opened);
	}
	return hash.digest('hex');
}

function answer({ file }: ToHash): Answer {
	try {
		return { value: hashFile(file) };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
}

yieldToAll();
parentPort?.on('message', (question: ToHash) => parentPort?.postMessage(answer(question)));
