import { signature, toRecord, type Entry } from './entry.ts';
import type { Journal } from './journal.ts';
import { isOnServer, isOver, Tally } from './tally.ts';
import type { Upload, UploadState } from './upload.ts';

/** What a queue came to when nothing of it is under way any more. */
export interface Batch {
	ready: number;
	duplicates: number;
	failed: number;
	trackIds: string[];
}

/** What changed since the last time somebody looked. */
export interface Changes {
	uploads: Upload[];
	/** Keys that are off the list. */
	removed: string[];
}

interface ListParts {
	onchange: () => void;
	onbatch: (batch: Batch) => void;
}

const ENDED_BADLY: readonly UploadState['kind'][] = ['failed', 'refused', 'cancelled'];

/**
 * The files of a queue, in the order they came: where each stands, all of them in numbers, and what of it is written
 * down. Decides nothing.
 */
export class UploadList {
	readonly #parts: ListParts;
	readonly #entries = new Map<string, Entry>();
	readonly #byId = new Map<string, Entry>();
	/** By what tells that a file is the same one; what ended badly is not in the way of the same file. */
	readonly #bySignature = new Map<string, Entry>();
	readonly tally = new Tally();
	/** Null until this list is the one that is remembered. */
	#journal: Journal | null = null;
	/** Written down although they arrived: another visit counts them with those that did not. */
	readonly #arrived = new Set<string>();
	#changes: { keys: Set<string>; removed: Set<string> } | null = null;
	#batch = newBatch();

	constructor(parts: ListParts) {
		this.#parts = parts;
	}

	get size() {
		return this.#entries.size;
	}

	/** A new array each time: for the screen, once a beat. */
	get uploads(): readonly Upload[] {
		return Array.from(this.#entries.values(), ({ upload }) => upload);
	}

	get(key: string): Entry | undefined {
		return this.#entries.get(key);
	}

	byId(id: string): Entry | undefined {
		return this.#byId.get(id);
	}

	get isKnownToServer() {
		return this.#byId.size > 0;
	}

	/** The entry of this very file, unless it ended badly. */
	find(file: Parameters<typeof signature>[0]): Entry | undefined {
		return this.#bySignature.get(signature(file));
	}

	/** Those of the keys that are in one of the states. Null for keys is the whole list, for states any. */
	*among(
		keys: readonly string[] | null,
		kinds: readonly UploadState['kind'][] | null
	): Generator<Entry> {
		for (const key of keys ?? this.#entries.keys()) {
			const entry = this.#entries.get(key);
			if (entry && (kinds === null || kinds.includes(entry.upload.state.kind))) yield entry;
		}
	}

	add(entry: Entry) {
		const { key, id } = entry.upload;
		this.#entries.set(key, entry);
		this.tally.add(entry.upload, entry.place !== null);
		this.#index(entry);
		if (id !== null) this.#byId.set(id, entry);
		if (isOnServer(entry.upload.state)) this.#arrived.add(key);
		this.#changes?.removed.delete(key);
		this.#changed(key);
	}

	remove(entry: Entry) {
		const { key, id, state } = entry.upload;
		this.tally.remove(entry.upload, entry.place !== null);
		this.#entries.delete(key);
		this.#changes?.removed.add(key);
		this.#changes?.keys.delete(key);
		if (this.find(entry) === entry) this.#bySignature.delete(signature(entry));
		if (id !== null) this.#byId.delete(id);
		// What is cancelled stays written down until the server forgot it.
		if (state.kind !== 'cancelled') this.forget(key);
		this.#forgetArrived();
		this.#parts.onchange();
	}

	/** The only place where a state changes, so that the counters are always right. */
	move(entry: Entry, state: UploadState) {
		this.tally.remove(entry.upload, entry.place !== null);
		entry.upload = { ...entry.upload, state };
		this.tally.add(entry.upload, entry.place !== null);
		this.#index(entry);
		this.#arrived.delete(entry.upload.key);
		if (ENDED_BADLY.includes(state.kind)) this.remember(entry);
		else if (isOnServer(state) && entry.isTold) this.arrived(entry);
		this.#forgetArrived();
		// And from here on nobody needs the bytes any more.
		if (state.kind === 'ready' || state.kind === 'duplicate') entry.file = null;
		this.#count(state);
		this.#changed(entry.upload.key);
		this.#endBatch();
	}

	/** Changes what is shown of a file, but for its state. */
	show(entry: Entry, what: Partial<Pick<Upload, 'tags' | 'description' | 'isPublic'>>) {
		entry.upload = { ...entry.upload, ...what };
		this.#changed(entry.upload.key);
	}

	/** The server's name for it, or null when it has none any more. */
	name(entry: Entry, id: string | null) {
		if (entry.upload.id !== null) this.#byId.delete(entry.upload.id);
		entry.upload = { ...entry.upload, id };
		if (id !== null) this.#byId.set(id, entry);
		this.#changed(entry.upload.key);
	}

	/** The file is in the page's hands again. */
	bind(entry: Entry, { file, place }: Pick<Entry, 'file' | 'place'>) {
		this.tally.remove(entry.upload, entry.place !== null);
		entry.file = file;
		entry.place = place ?? entry.place;
		this.tally.add(entry.upload, entry.place !== null);
	}

	/** From now on this list is the one that is remembered. */
	writeTo(journal: Journal) {
		this.#journal = journal;
		for (const entry of this.#entries.values()) {
			if (!isOver(entry.upload.state) && !isOnServer(entry.upload.state)) this.remember(entry);
		}
	}

	remember(entry: Entry) {
		this.#journal?.put([toRecord(entry)]);
	}

	forget(key: string) {
		this.#arrived.delete(key);
		this.#journal?.remove([key]);
	}

	/** The server remembers it from here on, and knows what was said of it. */
	arrived(entry: Entry) {
		this.#arrived.add(entry.upload.key);
		if (this.tally.unsent > 0) this.remember(entry);
		else this.#forgetArrived();
	}

	async flush(): Promise<void> {
		await this.#journal?.flush();
	}

	close() {
		this.#journal?.close();
	}

	/** What changed since the last call; the first call gives everything. */
	takeChanges(): Changes {
		const { keys, removed } = this.#changes ?? {
			keys: this.#entries.keys(),
			removed: new Set<string>()
		};
		this.#changes = { keys: new Set(), removed: new Set() };
		const uploads: Upload[] = [];
		for (const key of keys) {
			const entry = this.#entries.get(key);
			if (entry) uploads.push(entry.upload);
		}
		return { uploads, removed: [...removed] };
	}

	/** From now on nobody looks at the changes. */
	forgetChanges() {
		this.#changes = null;
	}

	/** With the last file that had to arrive. What the server was not told of it yet stays written down. */
	#forgetArrived() {
		if (this.tally.unsent > 0 || this.#arrived.size === 0) return;
		const keys = [...this.#arrived].filter((key) => this.#entries.get(key)?.isTold !== false);
		this.#arrived.clear();
		this.#journal?.remove(keys);
	}

	#index(entry: Entry) {
		const signed = signature(entry);
		const endedBadly = ENDED_BADLY.includes(entry.upload.state.kind);
		if (!endedBadly) this.#bySignature.set(signed, entry);
		else if (this.#bySignature.get(signed) === entry) this.#bySignature.delete(signed);
	}

	#count(state: UploadState) {
		switch (state.kind) {
			case 'ready':
				// Without a track it was a picture, and nobody plays those.
				if (state.trackId === null) return;
				this.#batch.ready += 1;
				this.#batch.trackIds.push(state.trackId);
				return;
			case 'duplicate':
				this.#batch.duplicates += 1;
				return;
			case 'failed':
			case 'refused':
				this.#batch.failed += 1;
				return;
			default:
		}
	}

	#endBatch() {
		const { ready, duplicates, failed } = this.#batch;
		if (this.tally.moving > 0 || ready + duplicates + failed === 0) return;
		const batch = this.#batch;
		this.#batch = newBatch();
		this.#parts.onbatch(batch);
	}

	#changed(key: string) {
		this.#changes?.keys.add(key);
		this.#parts.onchange();
	}
}

const newBatch = (): Batch => ({ ready: 0, duplicates: 0, failed: 0, trackIds: [] });
