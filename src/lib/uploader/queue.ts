import type { ServerEvent } from '#contracts/live';
import type { Failure, Registered, UploadRecord } from '#contracts/upload';
import { MAX_BATCH } from '#contracts/upload';
import { Breaker } from './breaker.ts';
import { Rate } from './rate.ts';
import { isOnServer, isOver, Tally } from './tally.ts';
import type { UploadApi } from './api.ts';
import {
	describe,
	fromRecord,
	newEntry,
	signature,
	toRecord,
	type Dropped,
	type Entry
} from './entry.ts';
import type { Journal } from './journal.ts';
import { Schedule } from './schedule.ts';
import { SendError, type SendProblem, type Transport } from './transport.ts';
import type { Hold, Summary, Upload, UploadState } from './upload.ts';

/** What a queue came to when nothing of it is under way any more. */
export interface Batch {
	ready: number;
	failed: number;
	trackIds: string[];
}

export interface QueueParts {
	api: UploadApi;
	transport: Transport;
	/** Files sent at the same time. */
	lanes: number;
	onchange?: () => void;
	onbatch?: (batch: Batch) => void;
	now?: () => number;
	/** The client's own name for a file: the same key is the same upload, also for the server. */
	newKey?: (dropped: Dropped) => string;
	/** No file was ever sent under its key before, so the first try need not ask how much is there. */
	areNew?: boolean;
	random?: () => number;
}

/** What the server says of one upload, in a list or in passing. */
interface News {
	state: UploadRecord['state'];
	offset?: number;
	trackId?: string | undefined;
	code?: Failure | undefined;
}

/** Failures of one file that are not the network's, before it goes to the failed ones. */
const MAX_FAILURES = 6;
/** What is nobody's fault but the road's or the server's: everybody waits. */
const HOLD_FOR = { network: 'network', away: 'server', disk_full: 'disk_full' } as const;
const DISK_FULL_RETRY_MS = 30_000;

/**
 * Sends files in the order they came, a few at a time, and keeps at it: a dead network, a restarting server and a
 * lapsed session hold the queue and never fail a file. Knows nothing of the page, of runes or of tus.
 */
export class UploadQueue {
	readonly #parts: Required<QueueParts>;
	readonly #entries = new Map<string, Entry>();
	/** Null while another tab is the one that is remembered. */
	#journal: Journal | null = null;
	readonly #byId = new Map<string, Entry>();
	/** What waits for its file, by what tells that a file is the same one. */
	readonly #unbound = new Map<string, Entry>();
	#order = 0;
	/** Not yet known to the server. */
	readonly #unregistered = new Schedule<Entry>();
	/** Known to the server and not being sent. */
	readonly #registered = new Schedule<Entry>();
	#sending = 0;
	#isRegistering = false;
	#token = '';
	#hold: { reason: Hold; timer: ReturnType<typeof setTimeout> | null } | null = null;
	readonly #breaker: Breaker;
	readonly #rate: Rate;
	readonly #closing = new AbortController();
	#batch: Batch = { ready: 0, failed: 0, trackIds: [] };
	readonly #tally = new Tally();

	constructor(parts: QueueParts) {
		this.#parts = {
			onchange: () => {},
			onbatch: () => {},
			now: () => performance.now(),
			newKey: () => randomKey(),
			areNew: true,
			random: Math.random,
			...parts
		};
		this.#breaker = new Breaker({ random: this.#parts.random });
		this.#rate = new Rate({ now: this.#parts.now });
	}

	/** Every file that was added, in order. A new array each time: for the screen, once a beat. */
	get all(): readonly Upload[] {
		return Array.from(this.#entries.values(), ({ upload }) => upload);
	}

	get summary(): Summary {
		const { sent, ready, failed, processing, unbound, pending, bytes, bytesSent } = this.#tally;
		const bytesPerSecond = this.#sending > 0 ? this.#rate.bytesPerSecond : null;
		return {
			files: this.#entries.size,
			sent,
			ready,
			failed,
			processing,
			unbound,
			bytes,
			bytesSent,
			bytesPerSecond,
			secondsLeft: bytesPerSecond ? (bytes - bytesSent) / bytesPerSecond : null,
			active: pending > unbound,
			hold: pending > processing + unbound ? (this.#hold?.reason ?? null) : null
		};
	}

	add(dropped: Iterable<Dropped>) {
		for (const each of dropped) {
			if (this.#bind(each)) continue;
			const key = this.#parts.newKey(each);
			if (this.#entries.has(key)) continue;
			const isNew = this.#parts.areNew;
			const entry = newEntry(each, { key, order: this.#order++, isNew });
			this.#entries.set(key, entry);
			this.#tally.add(entry.upload);
			this.#unregistered.add(entry, entry);
			this.#remember(entry);
		}
		this.#changed();
		this.#advance();
	}

	/** Ends one file; what arrived of it is forgotten. A file whose bytes all arrived is beyond cancelling. */
	cancel(key: string) {
		const entry = this.#entries.get(key);
		if (!entry || !['waiting', 'sending', 'unbound'].includes(entry.upload.state.kind)) return;
		this.#move(entry, { kind: 'cancelled' });
		this.#unregistered.remove(entry);
		this.#registered.remove(entry);
		entry.lane?.abort();
		void this.#discard(entry);
		this.#advance();
	}

	cancelAll() {
		for (const key of this.#entries.keys()) this.cancel(key);
	}

	/** Another try for a file that failed, was refused or was cancelled. */
	retry(key: string) {
		const entry = this.#entries.get(key);
		if (!entry || !['failed', 'refused', 'cancelled'].includes(entry.upload.state.kind)) return;
		// The server keeps failed uploads apart by freeing their key: the file registers anew under the same one.
		this.#forgetUrl(entry);
		entry.failures = 0;
		entry.priority = 'urgent';
		this.#wait(entry);
		this.#advance();
	}

	retryFailed() {
		for (const [key, { upload }] of this.#entries) {
			if (upload.state.kind === 'failed') this.retry(key);
		}
	}

	/** Takes what is over off the list. */
	clearFinished() {
		for (const [key, entry] of this.#entries) {
			if (!isOver(entry.upload.state)) continue;
			this.#tally.remove(entry.upload);
			this.#entries.delete(key);
			this.#journal?.remove([key]);
			if (entry.id !== null) this.#byId.delete(entry.id);
		}
		this.#changed();
	}

	/** The network is back, or the person signed in: no reason to wait any longer. */
	resume() {
		this.#breaker.retryNow();
		this.#release();
	}

	/**
	 * From now on this queue is the one that is remembered. Takes over what the last one left: all but the files
	 * themselves.
	 */
	async lead(journal: Journal): Promise<void> {
		this.#journal = journal;
		const records = await journal.load();
		for (const entry of this.#entries.values()) {
			if (!isOver(entry.upload.state) && !isOnServer(entry.upload.state)) this.#remember(entry);
		}
		for (const record of records) {
			if (this.#entries.has(record.key)) continue;
			const entry = fromRecord(record);
			this.#order = Math.max(this.#order, record.order + 1);
			this.#entries.set(record.key, entry);
			this.#tally.add(entry.upload);
			if (entry.id !== null) this.#byId.set(entry.id, entry);
			if (entry.upload.state.kind === 'unbound') this.#unbound.set(signature(entry), entry);
		}
		if (records.length === 0) return;
		this.#changed();
		await this.catchUp();
	}

	/** What the server says became of uploads. */
	hear(events: readonly ServerEvent[]) {
		for (const event of events) {
			if (event.type !== 'upload_changed') continue;
			this.#follow(event.uploadId, event);
		}
	}

	/** The same from a list, after the live channel was away too long. */
	async catchUp(): Promise<void> {
		if (this.#byId.size === 0) return;
		const { uploads } = await this.#parts.api.changes(null);
		for (const upload of uploads) this.#follow(upload.id, upload);
	}

	close() {
		this.#closing.abort();
		this.#journal?.close();
		if (this.#hold?.timer) clearTimeout(this.#hold.timer);
		for (const { lane } of this.#entries.values()) lane?.abort();
	}

	#advance() {
		if (this.#hold || this.#closing.signal.aborted) return;
		while (this.#sending < this.#breaker.lanes(this.#parts.lanes)) {
			const entry = this.#registered.next();
			if (!entry) break;
			void this.#send(entry);
		}
		// A batch ahead, so that no lane waits for a registration.
		if (this.#registered.size < MAX_BATCH / 2 && this.#unregistered.size > 0) {
			void this.#register();
		}
	}

	async #register() {
		if (this.#isRegistering) return;
		this.#isRegistering = true;
		const batch = this.#unregistered.take(MAX_BATCH);
		try {
			if (batch.length > 0) {
				const files = batch.map(describe);
				const answer = await this.#parts.api.register(files, this.#closing.signal);
				this.#breaker.succeeded();
				this.#token = answer.token;
				const outcomes = new Map(answer.uploads.map((outcome) => [outcome.key, outcome]));
				for (const entry of batch) this.#settle(entry, outcomes.get(entry.upload.key));
			}
		} catch (error) {
			const waiting = batch.filter(({ upload }) => upload.state.kind === 'waiting');
			for (const entry of waiting.toReversed()) this.#unregistered.putBack(entry, entry);
			this.#refused(error, waiting);
		} finally {
			this.#isRegistering = false;
		}
		this.#advance();
	}

	#settle(entry: Entry, outcome: Registered | undefined) {
		if (entry.upload.state.kind !== 'waiting') {
			// Cancelled while the registration was on its way.
			if (outcome?.outcome === 'accepted') {
				void this.#parts.transport.discard({ url: outcome.url, token: this.#token });
			}
			return;
		}
		switch (outcome?.outcome) {
			case 'accepted':
				entry.url = outcome.url;
				entry.id = outcome.id;
				this.#byId.set(outcome.id, entry);
				this.#registered.add(entry, entry);
				this.#remember(entry);
				return;
			case 'duplicate':
				this.#move(entry, { kind: 'duplicate', trackId: outcome.trackId });
				return;
			case 'refused':
				if (outcome.code === 'disk_full') {
					// Not this file's fault: it waits for room like those that are on their way.
					this.#unregistered.putBack(entry, entry);
					this.#pause('disk_full', null);
				} else this.#move(entry, { kind: 'refused', code: outcome.code });
				return;
			case undefined:
				this.#move(entry, { kind: 'failed', code: 'unexpected' });
		}
	}

	async #send(entry: Entry) {
		const { file, url, upload } = entry;
		if (url === null || file === null) return;
		const lane = new AbortController();
		entry.lane = lane;
		this.#sending += 1;
		this.#move(entry, { kind: 'sending', sent: 0 });
		try {
			const parcel = { file, url, token: this.#token, isFresh: !entry.wasTried };
			entry.wasTried = true;
			let last: number | null = null;
			await this.#parts.transport.send(parcel, {
				signal: lane.signal,
				onprogress: (sent) => {
					// The first word says where an earlier try had ended: that is progress, not speed.
					if (last !== null && sent > last) this.#rate.add(sent - last);
					last = sent;
					this.#progress(entry, sent);
				}
			});
			this.#breaker.succeeded();
			this.#progress(entry, upload.size);
			// The server may have said more already; what it said counts.
			if (entry.upload.state.kind === 'sending') this.#move(entry, { kind: 'received' });
		} catch (error) {
			if (!lane.signal.aborted) this.#failed(entry, error);
		} finally {
			entry.lane = null;
			this.#sending -= 1;
			this.#advance();
		}
	}

	#failed(entry: Entry, error: unknown) {
		const problem: SendProblem = error instanceof SendError ? error.problem : 'server';
		switch (problem) {
			case 'changed_on_disk':
				this.#move(entry, { kind: 'failed', code: 'changed_on_disk' });
				return;
			case 'forbidden':
				this.#move(entry, { kind: 'failed', code: 'forbidden' });
				return;
			case 'unauthorized':
			case 'gone':
				// Registering again brings a new token, and a new URL when the old one is no more.
				this.#again(entry, this.#unregistered);
				return;
			case 'network':
			case 'away':
			case 'disk_full':
				this.#move(entry, { kind: 'waiting' });
				this.#registered.putBack(entry, entry);
				this.#pause(HOLD_FOR[problem], error);
				return;
			case 'server':
				this.#again(entry, this.#registered);
				if (entry.upload.state.kind === 'waiting') this.#pause('server', error);
		}
	}

	#again(entry: Entry, schedule: Schedule<Entry>) {
		entry.failures += 1;
		if (entry.failures >= MAX_FAILURES) {
			this.#move(entry, { kind: 'failed', code: 'unexpected' });
			return;
		}
		this.#move(entry, { kind: 'waiting' });
		schedule.putBack(entry, entry);
	}

	/** A whole registration failed. */
	#refused(error: unknown, batch: readonly Entry[]) {
		if (this.#closing.signal.aborted) return;
		const problem = error instanceof SendError ? error.problem : 'server';
		if (problem === 'forbidden') {
			for (const entry of batch) {
				this.#unregistered.remove(entry);
				this.#move(entry, { kind: 'failed', code: 'forbidden' });
			}
		} else if (problem === 'unauthorized') {
			this.#pause('signed_out', error);
		} else {
			this.#pause(problem === 'network' || problem === 'disk_full' ? problem : 'server', error);
		}
	}

	/** Nothing new begins until the wait is over; signing in has no wait, only an end. */
	#pause(reason: Hold, error: unknown) {
		if (this.#hold) return;
		const asked = error instanceof SendError ? error.retryAfterMs : null;
		const delay =
			reason === 'disk_full' ? DISK_FULL_RETRY_MS : Math.max(asked ?? 0, this.#breaker.failed());
		const timer = reason === 'signed_out' ? null : setTimeout(() => this.#release(), delay);
		this.#hold = { reason, timer };
		this.#changed();
	}

	#release() {
		if (this.#hold?.timer) clearTimeout(this.#hold.timer);
		this.#hold = null;
		this.#changed();
		this.#advance();
	}

	#follow(id: string, { state, offset = 0, trackId, code = 'poison' }: News) {
		const entry = this.#byId.get(id);
		if (!entry || isOver(entry.upload.state)) return;
		switch (state) {
			case 'waiting':
			case 'sending':
				// Of bytes on their way we know more; of an earlier visit's the server does.
				if (entry.upload.state.kind === 'unbound')
					this.#move(entry, { kind: 'unbound', sent: offset });
				return;
			case 'received':
				this.#move(entry, { kind: 'received' });
				return;
			case 'verifying':
			case 'processing':
				this.#move(entry, { kind: 'processing' });
				return;
			case 'ready':
				this.#move(entry, { kind: 'ready', trackId: trackId ?? null });
				return;
			case 'duplicate':
				this.#move(entry, { kind: 'duplicate', trackId: trackId ?? null });
				return;
			case 'failed':
				this.#move(entry, { kind: 'failed', code });
				return;
			case 'cancelled':
				this.#move(entry, { kind: 'cancelled' });
		}
	}

	/** What arrived of a cancelled file is forgotten; if that fails, the server forgets it by itself in time. */
	async #discard({
		url,
		upload,
		file,
		lastModified
	}: Pick<Entry, 'url' | 'upload' | 'file' | 'lastModified'>) {
		if (url === null) return;
		const { api, transport } = this.#parts;
		try {
			// After a reload there is no token yet; asking again under the same key brings one.
			this.#token ||= (
				await api.register([describe({ upload, file, lastModified })], this.#closing.signal)
			).token;
			await transport.discard({ url, token: this.#token });
		} catch {
			// Offline or signed out: nothing that the person would have to know.
		}
	}

	/** Gives a file of an earlier visit back to its upload. False when it is nobody's. */
	#bind({ file, path }: Dropped): boolean {
		const like = {
			upload: { name: file.name, path, size: file.size },
			lastModified: file.lastModified
		};
		const entry = this.#unbound.get(signature(like));
		if (!entry) return false;
		entry.file = file;
		this.#wait(entry);
		return true;
	}

	/** In line for registration; for what is registered already that brings a token. */
	#wait(entry: Entry) {
		if (entry.file === null) {
			this.#unbound.set(signature(entry), entry);
			this.#move(entry, { kind: 'unbound', sent: 0 });
		} else {
			this.#move(entry, { kind: 'waiting' });
			this.#unregistered.add(entry, entry);
		}
		this.#remember(entry);
	}

	#remember(entry: Entry) {
		this.#journal?.put([toRecord(entry)]);
	}

	#forgetUrl(entry: Entry) {
		if (entry.id !== null) this.#byId.delete(entry.id);
		entry.id = null;
		entry.url = null;
		entry.wasTried = false;
	}

	#progress(entry: Entry, sent: number) {
		const { state } = entry.upload;
		if (state.kind !== 'sending') return;
		// It gets through: earlier failures were not its own.
		if (sent > state.sent && state.sent > 0) entry.failures = 0;
		this.#move(entry, { kind: 'sending', sent });
	}

	/** The only place where a state changes, so that the counters are always right. */
	#move(entry: Entry, state: UploadState) {
		this.#tally.remove(entry.upload);
		entry.upload = { ...entry.upload, state };
		this.#tally.add(entry.upload);
		if (state.kind !== 'unbound') this.#unbound.delete(signature(entry));
		if (state.kind === 'failed' || state.kind === 'refused') this.#remember(entry);
		// From here on the server remembers.
		else if (isOnServer(state) || state.kind === 'cancelled') {
			this.#journal?.remove([entry.upload.key]);
		}
		if (state.kind === 'ready') {
			this.#batch.ready += 1;
			if (state.trackId !== null) this.#batch.trackIds.push(state.trackId);
		}
		if (state.kind === 'failed' || state.kind === 'refused') this.#batch.failed += 1;
		this.#changed();
		if (this.#tally.pending === 0 && this.#batch.ready + this.#batch.failed > 0) {
			const batch = this.#batch;
			this.#batch = { ready: 0, failed: 0, trackIds: [] };
			this.#parts.onbatch(batch);
		}
	}

	#changed() {
		this.#parts.onchange();
	}
}

/** Not `randomUUID`: that is missing where the page came over plain http. */
function randomKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
		byte.toString(16).padStart(2, '0')
	).join('');
}
