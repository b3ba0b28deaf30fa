import type { ServerEvent } from '#contracts/live';
import {
	MAX_BATCH,
	OPEN_STATES,
	UNFINISHED_STATES,
	type Description,
	type Failure,
	type UploadRecord
} from '#contracts/upload';
import type { UploadApi } from './api.ts';
import type { Commands } from './commands.ts';
import { Elsewhere } from './elsewhere.ts';
import {
	fromRecord,
	looksOf,
	newEntry,
	signature,
	waiting,
	type Dropped,
	type Entry
} from './entry.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { UploadList, type Batch, type Changes } from './list.ts';
import { isSame, Outbox, wordOf, type Word } from './outbox.ts';
import type { Place } from './place.ts';
import { Sender, type SenderParts } from './sender.ts';
import { isOnServer, isOver } from './tally.ts';
import type { Transport } from './transport.ts';
import type { Summary, Tags, Upload } from './upload.ts';

export interface QueueParts {
	api: UploadApi;
	transport: Transport;
	/** Files sent at the same time. */
	lanes: number;
	onchange?: () => void;
	onbatch?: (batch: Batch) => void;
	/** A file is in the page's hands, new or given again. */
	onfile?: (upload: Upload, file: File) => void;
	now?: () => number;
	/** The client's own name for a file: the same key is the same upload, also for the server. */
	newKey?: (dropped: Dropped) => string;
	/** No file was ever sent under its key before, so the first try need not ask how much is there. */
	areNew?: boolean;
	hash?: SenderParts['hash'];
	/** Of the first and last bytes of a file; null cannot compute it, and then path, size and date say it all. */
	fingerprint?: ((file: File) => Promise<string>) | null;
	/** What was dropped turned out to be another file than the one on the list, and came in under a key of its own. */
	onlate?: (file: Dropped & { key: string }) => void;
	random?: () => number;
}

/** What the server says of one upload, in a list or in passing. */
interface News {
	state: UploadRecord['state'];
	offset?: number;
	trackId?: string | undefined;
	code?: Failure | undefined;
}

/** Looks like a file on the list. */
interface Doubtful {
	known: Entry;
	dropped: Omit<Dropped, 'key'>;
	/** What the first and last bytes of the one on the list came to. */
	fingerprint: string;
}

/** As long as a person may think better of it. */
const UNDO_MS = 12_000;

/**
 * Sends files in fair turns, a few at a time, and keeps at it: a dead network, a restarting server and a lapsed session
 * hold the queue and never fail a file. Knows nothing of the page, of runes or of tus.
 */
export class UploadQueue implements Commands {
	readonly #parts: Required<
		Pick<QueueParts, 'api' | 'onfile' | 'onlate' | 'newKey' | 'areNew' | 'fingerprint'>
	>;
	readonly #list: UploadList;
	readonly #sender: Sender;
	readonly #outbox: Outbox;
	readonly #elsewhere = new Elsewhere();
	/** Cancelled, and the server could not be told. */
	readonly #undiscarded = new Set<Entry>();
	readonly #undoing = new Set<ReturnType<typeof setTimeout>>();
	/** Left out, and somebody may still think better of it. */
	readonly #dropped = new Map<string, Entry>();
	/** Files that were given again, until it is known that they are the same. */
	readonly #compared = new Set<Entry>();
	#order = 0;
	/** How far the server's list was read. */
	#cursor: string | null = null;
	#isClosed = false;
	#isLeading = false;
	/** What new files become. */
	publishesAtOnce = false;

	constructor({
		api,
		transport,
		lanes,
		onchange = () => {},
		onbatch = () => {},
		onfile = () => {},
		now = () => performance.now(),
		newKey = () => randomKey(),
		areNew = true,
		hash = null,
		fingerprint = null,
		onlate = () => {},
		random = Math.random
	}: QueueParts) {
		this.#parts = { api, onfile, onlate, newKey, areNew, fingerprint };
		this.#list = new UploadList({ onchange, onbatch });
		const list = this.#list;
		const onunsaid = (entry: Entry) => this.#tell(entry);
		const onknown = (id: string, news: News) => this.#follow(id, news);
		const parts = { api, transport, lanes, hash, list, onunsaid, onknown, onchange, now, random };
		this.#sender = new Sender(parts);
		this.#outbox = new Outbox({ api, random, ontold: (id, word) => this.#told(id, word) });
	}

	/** Every file that was added, in order. A new array each time: for the screen, once a beat. */
	get all(): readonly Upload[] {
		return this.#list.uploads;
	}

	get summary(): Summary {
		const { sent, ready, failed, processing, paused, moving } = this.#list.tally;
		const { bytes, bytesSent } = this.#list.tally;
		// What is in the page's hands again is not asked for, though it is still compared.
		const held = [...this.#compared].filter(({ upload }) => upload.state.kind === 'unbound').length;
		const unbound = this.#list.tally.unbound - held;
		const reopenable = Math.min(this.#list.tally.reopenable, unbound);
		const { bytesPerSecond, saidHold } = this.#sender;
		return {
			files: this.#list.size,
			...{ sent, ready, failed, processing, unbound, reopenable, paused },
			elsewhere: this.#elsewhere.size,
			arrivedElsewhere: this.#elsewhere.arrived,
			...{ bytes, bytesSent, bytesPerSecond },
			secondsLeft: bytesPerSecond ? (bytes - bytesSent) / bytesPerSecond : null,
			active: moving + held > 0,
			hold: moving > processing ? saidHold : null
		};
	}

	/** Files wait that nobody finds again when this page is closed. */
	get hasHomeless(): boolean {
		return this.#list.tally.homeless > 0;
	}

	/** What changed since the last call; the first call gives everything. */
	takeChanges(): Changes {
		return this.#list.takeChanges();
	}

	/** From now on nobody looks at the changes. */
	forgetChanges() {
		this.#list.forgetChanges();
	}

	/** The files that still have to be sent, for another tab that may have to take over. */
	files(): (Dropped & { key: string })[] {
		const files: (Dropped & { key: string })[] = [];
		for (const { upload, file, place } of this.#list.among(null, null)) {
			if (file && isWanted(upload.state))
				files.push({ key: upload.key, file, path: upload.path, place });
		}
		return files;
	}

	/** @returns of those that had a key: under which one they are on the list, if they are */
	add(dropped: Iterable<Dropped>): ReadonlyMap<string, string> {
		return this.#add(dropped, this.#parts.areNew);
	}

	/** This file still has to be sent, or may have to be sent again. */
	wants(key: string): boolean {
		const entry = this.#list.get(key);
		return entry !== undefined && isWanted(entry.upload.state);
	}

	/** What waits for its file and says where that lies. */
	places(): { key: string; place: Place }[] {
		return Array.from(this.#list.among(null, ['unbound']), ({ upload, place }) =>
			place ? [{ key: upload.key, place }] : []
		).flat();
	}

	/** The roots that files on the list lie in. */
	get roots(): ReadonlySet<string> {
		const roots = new Set<string>();
		for (const { place } of this.#list.among(null, null)) if (place) roots.add(place.root);
		return roots;
	}

	/** Gives one file of an earlier visit back; null when it is no more where it was. */
	async give(key: string, file: File | null): Promise<void> {
		const entry = this.#list.get(key);
		if (!entry || this.#isClosed) return;
		const { upload, lastModified, fingerprint } = entry;
		const looksTheSame = file?.size === upload.size && file.lastModified === lastModified;
		const isSame =
			looksTheSame && (fingerprint === null || (await this.#isUnchanged(file, fingerprint)));
		if (this.#isClosed || entry.upload.state.kind !== 'unbound') return;
		if (isSame) this.#bind(entry, { file, place: entry.place });
		else this.#list.move(entry, { kind: 'failed', code: 'changed_on_disk' });
		this.#sender.advance();
	}

	/** What its first and last bytes come to, for whoever drops it again. */
	setFingerprint(key: string, fingerprint: string) {
		for (const entry of this.#list.among([key], null)) {
			entry.fingerprint = fingerprint;
			if (!isOnServer(entry.upload.state)) this.#list.remember(entry);
		}
	}

	setTags(key: string, tags: Tags) {
		for (const entry of this.#list.among([key], null)) {
			this.#list.show(entry, { tags });
			if (!isOnServer(entry.upload.state)) this.#list.remember(entry);
		}
	}

	pause(keys: readonly string[]) {
		for (const entry of this.#list.among(keys, ['waiting', 'sending', 'unbound'])) {
			entry.isPaused = true;
			this.#list.remember(entry);
			if (entry.upload.state.kind === 'unbound') continue;
			this.#sender.withdraw(entry);
			this.#list.move(entry, { kind: 'paused', sent: entry.sent });
		}
		this.#sender.advance();
	}

	resume(keys: readonly string[]) {
		for (const entry of this.#list.among(keys, ['paused', 'unbound'])) {
			entry.isPaused = false;
			this.#wait(entry);
		}
		this.#sender.advance();
	}

	pauseAll() {
		this.#sender.isPaused = true;
		this.#interrupt();
	}

	/** Ends the pause of all; when there was none, those of single files. */
	resumeAll() {
		if (this.#sender.isPaused) {
			this.#sender.isPaused = false;
			return;
		}
		this.resume(Array.from(this.#list.among(null, ['paused']), ({ upload }) => upload.key));
	}

	moveUp(keys: readonly string[]) {
		for (const entry of this.#list.among(keys, ['waiting', 'unbound', 'paused'])) {
			entry.priority = 'urgent';
			this.#sender.reorder(entry);
			this.#list.remember(entry);
		}
		this.#sender.advance();
	}

	/** What arrived is forgotten once nobody can undo it. Files that are all there are beyond it. */
	cancel(keys: readonly string[]) {
		const cancelled: Entry[] = [];
		for (const entry of this.#list.among(keys, ['waiting', 'sending', 'unbound', 'paused'])) {
			this.#sender.withdraw(entry);
			this.#list.move(entry, { kind: 'cancelled' });
			cancelled.push(entry);
		}
		this.#discardSoon(cancelled);
		this.#sender.advance();
	}

	cancelAll() {
		this.cancel(this.all.map(({ key }) => key));
		this.#sender.isPaused = false;
	}

	/** What arrived is still there for a while; later it begins anew. */
	uncancel(keys: readonly string[]) {
		for (const entry of this.#list.among(keys, ['cancelled'])) this.#wait(entry);
		this.#sender.advance();
	}

	retry(keys: readonly string[]) {
		for (const entry of this.#list.among(keys, ['failed', 'refused', 'cancelled'])) {
			// The server keeps failed uploads apart by freeing their key: the file registers anew under the same one.
			this.#unname(entry);
			entry.failures = 0;
			entry.priority = 'urgent';
			this.#wait(entry);
		}
		this.#sender.advance();
	}

	retryFailed() {
		this.retry(Array.from(this.#list.among(null, ['failed']), ({ upload }) => upload.key));
	}

	/** Off the list at once; what arrived is forgotten once nobody can undo it. */
	drop(keys: readonly string[]) {
		const over = [...this.#list.among(keys, ['failed', 'refused', 'cancelled'])];
		for (const entry of over) {
			this.#list.remove(entry);
			this.#dropped.set(entry.upload.key, entry);
		}
		const timer = setTimeout(() => {
			this.#undoing.delete(timer);
			for (const entry of over) {
				if (this.#dropped.get(entry.upload.key) !== entry) continue;
				this.#dropped.delete(entry.upload.key);
				this.#forgetArrived(entry);
			}
		}, UNDO_MS);
		this.#undoing.add(timer);
	}

	undrop(keys: readonly string[]) {
		for (const key of keys) {
			const entry = this.#dropped.get(key);
			this.#dropped.delete(key);
			if (!entry || this.#list.get(key)) continue;
			this.#list.add(entry);
			this.#list.remember(entry);
		}
	}

	/** Failures stay until somebody decides. */
	clearFinished() {
		const over = [...this.#list.among(null, ['ready', 'duplicate', 'cancelled'])];
		for (const entry of over) this.#list.remove(entry);
	}

	describe(keys: readonly string[], description: Description) {
		for (const entry of this.#list.among(keys, null)) {
			const { description: before } = entry.upload;
			this.#list.show(entry, { description: { ...before, ...description } });
			this.#tell(entry);
		}
	}

	publish(keys: readonly string[], isPublic: boolean) {
		for (const entry of this.#list.among(keys, null)) {
			if (entry.upload.isPublic === isPublic) continue;
			this.#list.show(entry, { isPublic });
			this.#tell(entry);
		}
	}

	/** Bytes cost something here, or cost nothing again: they wait until somebody says that they may go. */
	spareData(isSparing: boolean) {
		this.#sender.isSparing = isSparing;
		if (this.#sender.hold === 'metered') this.#interrupt();
	}

	lostNetwork() {
		this.#interrupt();
		this.#sender.lostNetwork();
	}

	sendAnyway() {
		this.#sender.sendAnyway();
	}

	signedIn() {
		const isAwaited = this.#sender.hold === 'signed_out';
		this.#sender.signedIn();
		if (isAwaited) this.goOn();
	}

	goOn() {
		this.#outbox.retryNow();
		this.#sender.goOn();
		const undiscarded = [...this.#undiscarded];
		this.#undiscarded.clear();
		void this.#discard(undiscarded);
	}

	/**
	 * From now on this queue is the one that is remembered. Takes over what the last one left, and the files that
	 * other tabs still hold.
	 * @param records what the journal holds, when it was read already
	 */
	async lead(
		journal: Journal,
		held: readonly Dropped[] = [],
		records?: readonly JournalRecord[]
	): Promise<void> {
		const left = records ?? (await journal.load());
		if (this.#isClosed) return;
		this.#isLeading = true;
		this.#list.writeTo(journal);
		this.recall(left);
		// The tab that had them before may have sent something already.
		this.#add(held, false);
	}

	/** What an earlier visit wrote down, also when it comes late: what is on the list by then learns what was said of it. */
	recall(records: readonly JournalRecord[]) {
		if (this.#isClosed) return;
		for (const record of records) {
			const known = this.#list.get(record.key) ?? this.#openLike(record);
			if (known) {
				this.#remind(known, record);
				continue;
			}
			const entry = fromRecord(record);
			if (record.arrived && this.#list.find(entry)) {
				this.#list.forget(record.key); // it was dropped again before: the server says what it is
				continue;
			}
			this.#order = Math.max(this.#order, record.order + 1);
			this.#list.add(entry);
			if (!entry.isTold) this.#tell(entry);
		}
		this.#discardSoon([...this.#list.among(null, ['cancelled'])]);
	}

	/** What the server says became of uploads. */
	hear(events: readonly ServerEvent[]) {
		for (const event of events) {
			if (event.type !== 'upload_changed') continue;
			this.#follow(event.uploadId, event);
			if (OPEN_STATES.includes(event.state)) continue;
			if (event.state === 'cancelled' || event.state === 'failed')
				this.#elsewhere.forget(event.uploadId);
			else this.#elsewhere.arrive(event.uploadId);
		}
	}

	/** The same from the server's lists: after a reload, or when the live channel was away too long. */
	async catchUp(): Promise<void> {
		const { api } = this.#parts;
		if (this.#list.isKnownToServer) {
			const isFirst = this.#cursor === null;
			const { uploads, cursor } = await api.changes(this.#cursor);
			this.#cursor = cursor;
			for (const upload of uploads) this.#follow(upload.id, upload);
			if (isFirst) this.#forgetUnknown(uploads);
		}
		// Before the journal was read this browser's own would look like another's.
		if (!this.#isLeading) return;
		const { uploads: open, arrived } = await api.open();
		// What is on the list by now, and what was cancelled here a moment ago, is this browser's own.
		const others = open.filter(({ id, key }) => !this.#list.byId(id) && !this.#list.get(key));
		this.#elsewhere.learn(others, arrived - this.#list.tally.sent);
	}

	/** Resolves once everything is written down as it is now. */
	flush(): Promise<void> {
		return this.#list.flush();
	}

	close() {
		this.#isClosed = true;
		this.#list.close();
		this.#outbox.close();
		for (const timer of this.#undoing) clearTimeout(timer);
		for (const entry of this.#list.among(null, null)) this.#sender.withdraw(entry);
		this.#sender.close();
	}

	#add(dropped: Iterable<Dropped>, isNew: boolean): ReadonlyMap<string, string> {
		const became = new Map<string, string>();
		const changed = this.#changedOnDisk();
		const failed = this.#failedBySignature();
		const doubtful: Doubtful[] = [];
		for (const each of dropped) {
			const known = this.#known(each, changed);
			if (known) {
				if (each.key !== undefined) became.set(each.key, known.upload.key);
				const { fingerprint } = known;
				const isTheOne = each.key === known.upload.key || fingerprint === null;
				if (isTheOne || !this.#parts.fingerprint) this.#giveBack(known, each);
				else {
					const { file, path, place = null } = each;
					doubtful.push({ known, dropped: { file, path, place }, fingerprint });
				}
				continue;
			}
			const elsewhere = this.#elsewhere.take(asListed(each));
			const key = elsewhere?.key ?? each.key ?? this.#parts.newKey(each);
			if (each.key !== undefined) became.set(each.key, key);
			if (this.#list.get(key)) continue;
			const old = changed.get(each.path ?? each.file.name) ?? failed.get(signature(asListed(each)));
			// What was said of the file holds for it as it is now, and what was said in another browser too.
			const description = old?.upload.description ?? elsewhere?.description ?? {};
			const isPublic = old?.upload.isPublic ?? elsewhere?.publish ?? this.publishesAtOnce;
			if (old) this.#leaveBehind(old);
			this.#admit(each, { key, isNew: isNew && !elsewhere, description, isPublic });
		}
		this.#sender.advance();
		if (doubtful.length > 0) void this.#compare(doubtful);
		return became;
	}

	#admit(dropped: Dropped, how: Omit<Parameters<typeof newEntry>[1], 'order'>) {
		const entry = newEntry(dropped, { ...how, order: this.#order++ });
		this.#list.add(entry);
		this.#list.remember(entry);
		this.#sender.enqueue(entry);
		this.#parts.onfile(entry.upload, dropped.file);
	}

	/** By batches: what goes on together is registered together. */
	async #compare(doubtful: readonly Doubtful[]) {
		for (const { known } of doubtful) this.#compared.add(known);
		for (let at = 0; at < doubtful.length && !this.#isClosed; at += MAX_BATCH) {
			const some = doubtful.slice(at, at + MAX_BATCH);
			const answers = await Promise.all(
				some.map(({ dropped: { file }, fingerprint }) => this.#isUnchanged(file, fingerprint))
			);
			if (this.#isClosed) return;
			for (const [n, { known, dropped }] of some.entries()) {
				this.#compared.delete(known);
				// It went off the list meanwhile.
				if (this.#list.get(known.upload.key) !== known) this.#add([dropped], this.#parts.areNew);
				else if (answers[n]) this.#giveBack(known, dropped);
				else this.#replace(known, dropped);
			}
			this.#sender.advance();
		}
	}

	/** What cannot be read now is not called another file: sending it will say why. */
	async #isUnchanged(file: File, fingerprint: string): Promise<boolean> {
		try {
			const found = await this.#parts.fingerprint?.(file);
			return found === undefined || found === fingerprint;
		} catch {
			return true;
		}
	}

	/** Other bytes where a file lay: an upload of their own, never the rest of the old one. */
	#replace(old: Entry, dropped: Doubtful['dropped']) {
		const { description, isPublic, state } = old.upload;
		if (!isOnServer(state)) {
			this.#sender.withdraw(old);
			this.#leaveBehind(old);
		}
		const key = this.#parts.newKey(dropped);
		this.#admit(dropped, { key, isNew: this.#parts.areNew, description, isPublic });
		this.#parts.onlate({ ...dropped, key });
	}

	#follow(id: string, { state, offset = 0, trackId, code = 'poison' }: News) {
		const entry = this.#list.byId(id);
		if (!entry || (isOver(entry.upload.state) && !isRevived(entry.upload, state))) return;
		// Nothing of it is wanted any more, whoever is in the middle of sending it.
		if (!OPEN_STATES.includes(state)) this.#sender.withdraw(entry);
		switch (state) {
			case 'waiting':
			case 'sending':
				// Of bytes on their way we know more; of an earlier visit's the server does.
				if (entry.upload.state.kind !== 'unbound') return;
				entry.sent = offset;
				this.#list.move(entry, { kind: 'unbound', sent: offset });
				return;
			case 'verifying':
			case 'processing':
				this.#list.move(entry, { kind: 'processing' });
				return;
			case 'ready':
			case 'duplicate':
				this.#list.move(entry, { kind: state, trackId: trackId ?? null });
				return;
			case 'failed':
				this.#list.move(entry, { kind: 'failed', code });
				return;
			case 'received':
			case 'cancelled':
				this.#list.move(entry, { kind: state });
		}
	}

	/** The very file is on the list, as far as path, size and date tell. */
	#known(dropped: Dropped, changed: ReadonlyMap<string, Entry>): Entry | null {
		const { file, path, key } = dropped;
		const entry =
			(key === undefined ? undefined : this.#list.get(key)) ?? this.#list.find(asListed(dropped));
		if (entry) return entry;
		// It was not where it lay, and here it is: the drive is plugged in again.
		const lost = changed.get(path ?? file.name);
		return lost && signature(lost) === signature(asListed(dropped)) ? lost : null;
	}

	/** To the upload that waits for it; where none does there is nothing to do. */
	#giveBack(entry: Entry, { file, key, place = null }: Dropped) {
		const { state } = entry.upload;
		const isLost = state.kind === 'failed' && state.code === 'changed_on_disk';
		if (state.kind === 'unbound' || (isLost && key !== entry.upload.key)) {
			this.#bind(entry, { file, place });
		} else if (state.kind === 'failed') entry.file ??= file;
	}

	/** What had arrived at an earlier visit, and is no more on the server. */
	#forgetUnknown(uploads: readonly UploadRecord[]) {
		const known = new Set(uploads.map(({ id }) => id));
		for (const entry of [...this.#list.among(null, ['received'])]) {
			const { id } = entry.upload;
			if (entry.file === null && id !== null && !known.has(id)) this.#list.remove(entry);
		}
	}

	/** The file of a record that was still to be sent, when somebody dropped it before the record was read. */
	#openLike(record: JournalRecord): Entry | undefined {
		if (record.failure !== null || record.isCancelled || record.arrived) return undefined;
		const alike = this.#list.find({ upload: record, lastModified: record.lastModified });
		const marks = new Set([alike?.fingerprint, record.fingerprint].filter(Boolean));
		return marks.size > 1 ? undefined : alike;
	}

	#remind(entry: Entry, record: JournalRecord) {
		const { key, description } = entry.upload;
		if (record.key !== key) this.#list.forget(record.key);
		entry.fingerprint ??= record.fingerprint ?? null;
		this.#list.show(entry, {
			description: { ...record.description, ...description },
			isPublic: entry.upload.isPublic || record.isPublic
		});
		if (!record.isTold || record.key !== key) this.#tell(entry);
		if (record.isCancelled) this.cancel([key]);
		else if (record.isPaused) this.pause([key]);
	}

	/** What changed on disk while it waited, by where it lay. */
	#changedOnDisk(): Map<string, Entry> {
		const changed = new Map<string, Entry>();
		if (this.#list.tally.failed === 0) return changed;
		for (const entry of this.#list.among(null, ['failed'])) {
			const { state, path, name } = entry.upload;
			if ('code' in state && state.code === 'changed_on_disk') changed.set(path ?? name, entry);
		}
		return changed;
	}

	/** Who drops a file again that failed has one file that is tried again, not two. */
	#failedBySignature(): Map<string, Entry> {
		if (this.#list.tally.failed === 0) return new Map();
		const failed = this.#list.among(null, ['failed', 'refused']);
		return new Map(Array.from(failed, (entry) => [signature(entry), entry]));
	}

	/** Off the list, and what arrived of it is of no use any more. */
	#leaveBehind(old: Entry) {
		this.#list.remove(old);
		this.#forgetArrived(old);
	}

	#forgetArrived(entry: Entry) {
		void this.#sender.discard(entry).catch(() => {
			// The server forgets by itself what nobody continues.
		});
	}

	#bind(entry: Entry, { file, place }: { file: File; place: Place | null }) {
		this.#list.bind(entry, { file, place });
		this.#wait(entry);
		this.#parts.onfile(entry.upload, file);
	}

	/** What is being sent waits, and goes first when it goes on. */
	#interrupt() {
		for (const entry of [...this.#list.among(null, ['sending'])].reverse()) {
			this.#sender.withdraw(entry);
			this.#list.move(entry, waiting(entry));
			this.#sender.putBack(entry);
		}
	}

	#wait(entry: Entry) {
		if (entry.file === null) this.#list.move(entry, { kind: 'unbound', sent: entry.sent });
		else if (entry.isPaused) this.#list.move(entry, { kind: 'paused', sent: entry.sent });
		else {
			this.#list.move(entry, waiting(entry));
			this.#sender.enqueue(entry);
		}
		this.#list.remember(entry);
	}

	#discardSoon(cancelled: readonly Entry[]) {
		if (cancelled.length === 0) return;
		const cancelling = {};
		for (const entry of cancelled) entry.cancelling = cancelling;
		const timer = setTimeout(() => {
			this.#undoing.delete(timer);
			// Somebody may have thought better of it, and then cancelled again.
			void this.#discard(cancelled.filter((entry) => entry.cancelling === cancelling));
		}, UNDO_MS);
		this.#undoing.add(timer);
	}

	async #discard(cancelled: readonly Entry[]) {
		for (const entry of cancelled) {
			if (entry.upload.state.kind !== 'cancelled') continue;
			const { key, id } = entry.upload;
			const parcel = { ...entry };
			this.#unname(entry);
			try {
				await this.#sender.discard(parcel);
				if (entry.upload.state.kind === 'cancelled') this.#list.forget(key);
			} catch {
				// Offline or signed out: it stays written down, and is said when the queue goes on.
				if (this.#isClosed || entry.upload.state.kind !== 'cancelled') continue;
				entry.url = parcel.url;
				this.#list.name(entry, id);
				this.#undiscarded.add(entry);
			}
		}
	}

	/** Says to the server what is said of a file; before it is registered the registration will. */
	#tell(entry: Entry) {
		const { id } = entry.upload;
		entry.isTold = id === null;
		if (id !== null) this.#outbox.say(id, wordOf(entry.upload));
		// A duplicate has no upload: there is nobody to tell.
		if (id === null && isOnServer(entry.upload.state)) return;
		this.#list.remember(entry);
	}

	#told(id: string, word: Word) {
		const entry = this.#list.byId(id);
		if (!entry || !isSame(word, wordOf(entry.upload))) return;
		entry.isTold = true;
		if (isOnServer(entry.upload.state)) this.#list.arrived(entry);
		else this.#list.remember(entry);
	}

	/** What the server had of it counts no more. */
	#unname(entry: Entry) {
		this.#list.name(entry, null);
		entry.url = null;
		entry.sent = 0;
		entry.wasTried = false;
	}
}

/** The portal gave it up, and its owner had it tried again: its bytes were there all the time. */
const isRevived = ({ state }: Upload, news: UploadRecord['state']) =>
	state.kind === 'failed' &&
	state.code === 'poison' &&
	[...UNFINISHED_STATES, 'ready', 'duplicate'].includes(news);

/** Its bytes may still be needed. */
const isWanted = (state: Upload['state']) =>
	!isOnServer(state) && (!isOver(state) || state.kind === 'failed');

/** A dropped file by what tells it from others. */
const asListed = ({ file, path }: Dropped) => {
	const { size, lastModified } = looksOf(file);
	return { upload: { name: file.name, path, size }, lastModified };
};

/** Not `randomUUID`: that is missing where the page came over plain http. */
export function randomKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
		byte.toString(16).padStart(2, '0')
	).join('');
}
