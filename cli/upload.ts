import { createHash } from 'node:crypto';
import { openAsBlob, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { LiveMessage } from '#contracts/live';
import { kindOf } from '#contracts/file-kind';
import * as v from 'valibot';
import { createUploadApi } from '../src/lib/uploader/api.ts';
import type { Dropped } from '../src/lib/uploader/entry.ts';
import { UploadQueue } from '../src/lib/uploader/queue.ts';
import { TusTransport } from '../src/lib/uploader/transport.ts';
import type { Hold, Upload } from '../src/lib/uploader/upload.ts';

const LANES = 4;
/** How often the server is asked what became of the files. */
const POLL_MS = 1_000;
const DRAW_MS = 250;

export interface UploadOptions {
	folder: string;
	/** The portal's address. */
	to: string;
	token: string;
	publish: boolean;
	out: NodeJS.WriteStream;
}

/** Sends a folder. @returns how many files were refused or failed */
export async function uploadFolder({
	folder,
	to,
	token,
	publish,
	out
}: UploadOptions): Promise<number> {
	const headers = { Authorization: `Bearer ${token}` };
	const ask: typeof fetch = (input, init) =>
		fetch(new URL(String(input), to), {
			...init,
			headers: { ...headers, ...(init?.headers as Record<string, string>) }
		});
	await checkAccess(ask, to);
	const seq = await lastSeq(ask);
	const screen = new Screen(out);
	const queue = new UploadQueue({
		api: createUploadApi({ fetch: ask }),
		transport: new TusTransport({ base: to }),
		lanes: LANES,
		newKey: keyOf,
		// An earlier run may have been stopped in the middle: the server knows how much is there.
		areNew: false,
		hash: sha256Of
	});
	queue.publishesAtOnce = publish;

	const { files, others } = await collect(folder);
	if (others > 0) {
		const files = others === 1 ? '1 file is' : `${others} files are`;
		out.write(`${files} neither audio nor a cover and stay here.\n`);
	}
	if (files.length === 0) {
		out.write('There is no music in this folder.\n');
		return 0;
	}
	queue.add(files);
	try {
		await untilOver(queue, { ask, screen, seq, isTerminal: out.isTTY });
	} finally {
		screen.finish(queue);
		queue.close();
	}
	return queue.summary.failed;
}

interface Watch {
	ask: typeof fetch;
	screen: Screen;
	/** News that came before it are known. */
	seq: number;
	isTerminal: boolean;
}

async function untilOver(queue: UploadQueue, { ask, screen, seq, isTerminal }: Watch) {
	while (queue.summary.active) {
		await new Promise((resolve) => setTimeout(resolve, isTerminal ? DRAW_MS : POLL_MS));
		if (queue.summary.hold === 'signed_out') {
			throw new Error('The portal does not know this token any more.');
		}
		screen.draw(queue);
		if (!screen.isDue(POLL_MS)) continue;
		try {
			const response = await ask(`/api/live?since=${seq}`);
			const message = v.parse(LiveMessage, await response.json());
			({ seq } = message);
			queue.hear(message.events);
			if (message.events.some(({ type }) => type === 'reset')) await queue.catchUp();
			// What was complete before this run began says nothing any more: the list knows.
			if (queue.summary.sent === queue.summary.files - queue.summary.failed) await queue.catchUp();
		} catch {
			// The server is away: the queue waits for it, and so do we.
		}
	}
}

/** The same file is the same upload, also in another run: so nothing is sent twice. */
function keyOf({ file, path: shown }: Dropped): string {
	return createHash('sha256')
		.update([shown ?? file.name, file.size, file.lastModified].join('\n'))
		.digest('hex');
}

/** Of what may be there already, under another name or in another folder; piece by piece, however large it is. */
async function sha256Of(file: File): Promise<string> {
	const hash = createHash('sha256');
	for await (const piece of file.stream()) hash.update(piece);
	return hash.digest('hex');
}

async function checkAccess(ask: typeof fetch, to: string) {
	let response: Response;
	try {
		response = await ask('/api/uploads?since=999999999999999');
	} catch (error) {
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
		throw new Error(`${to} does not answer${cause && ` (${cause})`}.`, { cause: error });
	}
	if (response.status === 401) throw new Error('The portal does not know this token.');
	if (!response.ok) throw new Error(`${to} answers ${response.status}: is it a Segue portal?`);
}

async function lastSeq(ask: typeof fetch): Promise<number> {
	const response = await ask('/api/live');
	return v.parse(LiveMessage, await response.json()).seq;
}

async function collect(folder: string): Promise<{ files: Dropped[]; others: number }> {
	const root = path.resolve(folder);
	const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((cause) => {
		throw new Error(`The folder ${folder} cannot be read.`, { cause });
	});
	const files: Dropped[] = [];
	let others = 0;
	for (const entry of entries) {
		const full = path.join(entry.parentPath, entry.name);
		const inside = path.relative(root, full);
		if (inside.split(path.sep).some((name) => name.startsWith('.'))) continue;
		if (!entry.isFile() && !(await isLinkedFile(entry, full))) continue;
		if (kindOf(entry.name, undefined) === null) {
			others += 1;
			continue;
		}
		const { mtimeMs } = await stat(full);
		const file = new File([await openAsBlob(full)], entry.name, {
			lastModified: Math.floor(mtimeMs)
		});
		const shown = path.join(path.basename(root), inside);
		files.push({ file, path: shown.split(path.sep).join('/') });
	}
	files.sort((a, b) => (a.path ?? '').localeCompare(b.path ?? '', undefined, { numeric: true }));
	return { files, others };
}

/** Folders that are linked are not walked: they may lead back to where one is. */
async function isLinkedFile(entry: Dirent, full: string): Promise<boolean> {
	if (!entry.isSymbolicLink()) return false;
	const target = await stat(full).catch(() => null);
	return target?.isFile() ?? false;
}

/** A bar that moves on a terminal; a line for each file that is over, where it is read by a program. */
class Screen {
	readonly #out: NodeJS.WriteStream;
	readonly #told = new Set<string>();
	#askedAt = 0;
	#saidHold: Hold | null = null;

	constructor(out: NodeJS.WriteStream) {
		this.#out = out;
	}

	isDue(everyMs: number): boolean {
		if (performance.now() - this.#askedAt < everyMs) return false;
		this.#askedAt = performance.now();
		return true;
	}

	draw(queue: UploadQueue) {
		if (this.#out.isTTY) {
			const { files, ready, failed, bytes, bytesSent, hold } = queue.summary;
			const part = bytes > 0 ? bytesSent / bytes : 1;
			const bar = '█'.repeat(Math.round(part * 24)).padEnd(24, '░');
			const waits = hold ? `, waiting: ${holdName(hold)}` : '';
			const line = `${bar} ${Math.floor(part * 100)} %  ${ready} of ${files} ready${failed ? `, ${failed} failed` : ''}${waits}`;
			this.#out.write(`\r\u001b[K${line}`);
			return;
		}
		for (const upload of queue.all) this.#tell(upload);
		const { hold } = queue.summary;
		if (hold && hold !== this.#saidHold) this.#out.write(`waiting: ${holdName(hold)}\n`);
		this.#saidHold = hold;
	}

	finish(queue: UploadQueue) {
		if (this.#out.isTTY) {
			this.draw(queue);
			this.#out.write('\n');
			for (const upload of queue.all) {
				if (['failed', 'refused'].includes(upload.state.kind)) this.#tell(upload);
			}
		} else {
			for (const upload of queue.all) this.#tell(upload);
		}
		const { ready, failed } = queue.summary;
		this.#out.write(`${ready} ready, ${failed} failed.\n`);
	}

	#tell({ key, name, path: shown, state }: Upload) {
		if (this.#told.has(key)) return;
		if (!['ready', 'duplicate', 'failed', 'refused', 'cancelled'].includes(state.kind)) return;
		this.#told.add(key);
		const why = 'code' in state ? ` (${state.code.replaceAll('_', ' ')})` : '';
		this.#out.write(`${state.kind}${why}: ${shown ?? name}\n`);
	}
}

const holdName = (hold: Hold) => hold.replace('_', ' ');
