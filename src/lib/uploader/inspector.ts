import type { Tags } from './upload.ts';

export interface Question {
	id: number;
	ask: 'tags' | 'hash' | 'fingerprint';
	file: File;
	folder: string;
}

/** What a file says about itself, and perhaps the picture of its release. */
export interface Inspected {
	/** Null for a picture, and where there are none that can be read. */
	tags: Tags | null;
	/** Folder and album whose picture it is: see `coverKey`. */
	coverOf: string;
	/** A small one, and only from the first file of a release that has one. */
	cover: Blob | null;
	/** sha-256 of its first and last 64 KiB, in hexadecimal. */
	fingerprint: string;
}

type AnswerBody = Inspected | { sha256: string } | { fingerprint: string };
export type Answer = { id: number } & (AnswerBody | { error: string });

/** The part of a browser's Worker that is used here. */
export interface InspectWorker {
	postMessage(question: Question): void;
	terminate(): void;
	onmessage: ((event: { data: Answer }) => void) | null;
	onerror: ((event: never) => void) | null;
}

interface Asked {
	question: Question;
	resolve: (answer: AnswerBody) => void;
	reject: (error: Error) => void;
	timer: ReturnType<typeof setTimeout> | null;
}

/** Files that are opened at the same time; the others wait as names. */
const AT_ONCE = 2;
const TAGS_TIMEOUT_MS = 15_000;
const HASH_TIMEOUT_MS = 30 * 60_000;

/** Reads files in a thread of its own, a few at a time: ten thousand tags make no page wait. */
export class Inspector {
	readonly #open: () => InspectWorker;
	#worker: InspectWorker | null = null;
	#nextId = 1;
	readonly #waiting: Asked[] = [];
	readonly #asked = new Map<number, Asked>();

	constructor({ open }: { open: () => InspectWorker }) {
		this.#open = open;
	}

	/** @throws Error when it cannot be read */
	async inspect(file: File, path: string | null): Promise<Inspected> {
		const folder = path === null ? '' : path.slice(0, path.lastIndexOf('/'));
		return (await this.#ask({ ask: 'tags', file, folder })) as Inspected;
	}

	/** sha-256 in hexadecimal. @throws Error when it cannot be read; the signal's reason */
	async hash(file: File, signal: AbortSignal): Promise<string> {
		const answer = await this.#ask({ ask: 'hash', file, folder: '' });
		signal.throwIfAborted();
		return (answer as { sha256: string }).sha256;
	}

	/** sha-256 of its first and last 64 KiB, in hexadecimal. @throws Error when it cannot be read */
	async fingerprint(file: File): Promise<string> {
		const answer = await this.#ask({ ask: 'fingerprint', file, folder: '' });
		return (answer as { fingerprint: string }).fingerprint;
	}

	close() {
		const error = new Error('the inspector was closed');
		for (const { reject } of this.#waiting.splice(0)) reject(error);
		this.#end(error);
	}

	#ask(question: Omit<Question, 'id'>): Promise<AnswerBody> {
		const { promise, resolve, reject } = Promise.withResolvers<AnswerBody>();
		const id = this.#nextId++;
		this.#waiting.push({ question: { ...question, id }, resolve, reject, timer: null });
		this.#next();
		return promise;
	}

	#next() {
		while (this.#asked.size < AT_ONCE) {
			const next = this.#waiting.shift();
			if (!next) return;
			const { question } = next;
			const limit = question.ask === 'hash' ? HASH_TIMEOUT_MS : TAGS_TIMEOUT_MS;
			// A parser that loops cannot be asked to stop.
			next.timer = setTimeout(() => this.#end(new Error('it took too long')), limit);
			this.#asked.set(question.id, next);
			this.#worker ??= this.#start();
			this.#worker.postMessage(question);
		}
	}

	#start(): InspectWorker {
		const worker = this.#open();
		worker.onmessage = ({ data }) => {
			const asked = this.#asked.get(data.id);
			if (!asked) return;
			this.#asked.delete(data.id);
			if (asked.timer) clearTimeout(asked.timer);
			if ('error' in data) asked.reject(new Error(data.error));
			else asked.resolve(data);
			this.#next();
		};
		worker.onerror = () => this.#end(new Error('the inspector failed'));
		return worker;
	}

	/** Whoever is being read now fails with its thread; those that wait get a new one. */
	#end(error: Error) {
		this.#worker?.terminate();
		this.#worker = null;
		const asked = [...this.#asked.values()];
		this.#asked.clear();
		for (const { reject, timer } of asked) {
			if (timer) clearTimeout(timer);
			reject(error);
		}
		this.#next();
	}
}
