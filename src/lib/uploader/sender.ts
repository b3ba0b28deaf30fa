import {
	MAX_BATCH,
	OPEN_STATES,
	type Failure,
	type Registered,
	type UploadState
} from '#contracts/upload';
import { MOST_BUNDLED } from '#contracts/bundle';
import type { UploadApi } from './api.ts';
import { Backoff } from './backoff.ts';
import { Breaker, type Attempt } from './breaker.ts';
import { announce, waiting, type Entry } from './entry.ts';
import type { UploadList } from './list.ts';
import { isSame, wordOf, type Word } from './outbox.ts';
import { Rate } from './rate.ts';
import { Schedule } from './schedule.ts';
import { SendError, type SendProblem } from './send-error.ts';
import type { Transport } from './transport.ts';
import type { Hold } from './upload.ts';

export interface SenderParts {
	api: Pick<UploadApi, 'register'>;
	transport: Transport;
	/** Files sent at the same time. */
	lanes: number;
	/** sha-256 of a file in hexadecimal, for those that may be on the server already; null cannot compute it. */
	hash: ((file: File, signal: AbortSignal) => Promise<string>) | null;
	list: UploadList;
	/** The server may know something else of it than what is said. */
	onunsaid: (entry: Entry) => void;
	/** The server is further with an upload than this queue knew. */
	onknown: (
		id: string,
		news: { state: UploadState; trackId?: string | undefined; code?: Failure | undefined }
	) => void;
	onchange: () => void;
	now: () => number;
	random: () => number;
}

/** Failures of one file that are not the network's, before it goes to the failed ones. */
const MAX_FAILURES = 6;
/** What is nobody's fault but the road's or the server's: everybody waits. */
const HOLD_FOR = {
	network: 'network',
	exhausted: 'network',
	away: 'server',
	disk_full: 'disk_full'
} as const;
const DISK_FULL_RETRY_MS = 30_000;

/** Registers and sends what is in line, and decides what a failure means: this file's, or everybody's. */
export class Sender {
	readonly #parts: SenderParts;
	/** Not yet known to the server. */
	readonly #unregistered = new Schedule<Entry>();
	/** Known to the server and not being sent. */
	readonly #registered = new Schedule<Entry>();
	#sending = 0;
	#isRegistering = false;
	/** Files in one registration: fewer when the server could not read it, to find out which one it is. */
	#most = MAX_BATCH;
	#hashing = 0;
	#token = '';
	/** How often somebody signed in. */
	#sessions = 0;
	#isPaused = false;
	/** Bytes cost something on this connection, or the person asked the browser to spare them. */
	#isSparing = false;
	#mayCost = false;
	#hold: { reason: Hold; timer: ReturnType<typeof setTimeout> | null } | null = null;
	/** Why nothing was sent before the try that is under way. */
	#doubt: { reason: Hold; during: Attempt } | null = null;
	readonly #breaker: Breaker;
	readonly #rate: Rate;
	readonly #closing = new AbortController();

	constructor(parts: SenderParts) {
		this.#parts = parts;
		this.#breaker = new Breaker({ random: parts.random });
		this.#rate = new Rate({ now: parts.now });
	}

	/** Why nothing is being sent, if nothing is. */
	get hold(): Hold | null {
		if (this.#isPaused) return 'paused';
		if (this.#isSparing && !this.#mayCost) return 'metered';
		return this.#hold?.reason ?? null;
	}

	/**
	 * What is said of that. A try under way is not the end of it: with a server that is away each would change the words,
	 * and change them back.
	 */
	get saidHold(): Hold | null {
		return this.hold ?? this.#doubt?.reason ?? null;
	}

	/** Null while nothing is being sent. */
	get bytesPerSecond(): number | null {
		return this.#sending > 0 ? this.#rate.bytesPerSecond : null;
	}

	get isPaused() {
		return this.#isPaused;
	}
	set isPaused(isPaused: boolean) {
		this.#isPaused = isPaused;
		this.advance();
	}

	set isSparing(isSparing: boolean) {
		this.#isSparing = isSparing;
		this.#parts.onchange();
		this.advance();
	}

	sendAnyway() {
		this.#mayCost = true;
		this.#parts.onchange();
		this.advance();
	}

	/** In line for registration; for what is registered already that brings a token. */
	enqueue(entry: Entry) {
		this.#unregistered.add(entry, entry);
	}

	/** In line again, before the others of its folder. */
	putBack(entry: Entry) {
		this.#registered.putBack(entry, entry);
	}

	/** What is in line takes the place that its priority gives it now. */
	reorder(entry: Entry) {
		for (const schedule of [this.#unregistered, this.#registered]) {
			if (schedule.has(entry)) schedule.add(entry, entry);
		}
	}

	/** Out of every line, and no longer being sent. */
	withdraw(entry: Entry) {
		this.#unregistered.remove(entry);
		this.#registered.remove(entry);
		if (entry.timer) clearTimeout(entry.timer);
		entry.timer = null;
		entry.lane?.abort();
	}

	/** The browser knows that there is no network: nobody waits for what is on its way to find out. */
	lostNetwork() {
		this.#pauseFor('network', 'send', null);
	}

	/** A request that was on its way may still hear of the session before: that says nothing of this one. */
	signedIn() {
		this.#sessions += 1;
	}

	/** The network is back, or the person signed in: no reason to wait any longer. */
	goOn() {
		this.#breaker.retryNow();
		this.#doubt = null; // somebody asked for this try, and sees it
		this.#release();
	}

	/** Asks the server to forget what arrived of an upload. @throws SendError */
	async discard(entry: Entry): Promise<void> {
		if (entry.url === null) return;
		const { transport } = this.#parts;
		if (this.#token === '') await this.#renewToken(entry);
		try {
			await transport.discard({ url: entry.url, token: this.#token });
		} catch (error) {
			if (!(error instanceof SendError) || error.problem !== 'unauthorized') throw error;
			await this.#renewToken(entry);
			await transport.discard({ url: entry.url, token: this.#token });
		}
	}

	/** Asking again under the same key brings a token; and another upload, when the server had ended the old one. */
	async #renewToken(entry: Entry): Promise<void> {
		const { api, transport } = this.#parts;
		const { signal } = this.#closing;
		const answer = await api.register([announce(entry)], { publish: false, signal });
		this.#token = answer.token;
		const [outcome] = answer.uploads;
		if (outcome?.outcome === 'accepted' && outcome.url !== entry.url) {
			await transport.discard({ url: outcome.url, token: this.#token });
		}
	}

	close() {
		this.#closing.abort();
		if (this.#hold?.timer) clearTimeout(this.#hold.timer);
	}

	/** Begins whatever may begin now. */
	advance() {
		if (this.hold !== null) return this.#rate.rest();
		if (this.#closing.signal.aborted) return;
		while (this.#sending < this.#breaker.lanes(this.#parts.lanes)) {
			const entries = this.#nextToSend();
			if (entries.length === 0) break;
			void this.#occupyLane(entries);
		}
		// A batch ahead, so that no lane waits for a registration.
		if (this.#registered.size < MAX_BATCH / 2 && this.#unregistered.size > 0) {
			void this.#register();
		}
	}

	/** The next file; or so many small ones as may go together. While the road is in doubt one goes alone. */
	#nextToSend(): Entry[] {
		const first = this.#registered.next();
		if (!first) return [];
		const together = [first];
		const mayShare = this.#parts.transport.isBundling && !this.#breaker.isOpen;
		if (!mayShare || !isSmall(first)) return together;
		let bytes = first.upload.size;
		while (together.length < MOST_BUNDLED.files) {
			const next = this.#registered.next();
			if (!next) break;
			bytes += next.upload.size;
			if (!isSmall(next) || bytes > MOST_BUNDLED.bytes) {
				this.#registered.putBack(next, next);
				break;
			}
			together.push(next);
		}
		return together;
	}

	async #occupyLane(entries: readonly Entry[]) {
		this.#sending += 1;
		await Promise.all(entries.map((entry) => this.#send(entry)));
		this.#sending -= 1;
		this.advance();
	}

	async #register() {
		if (this.#isRegistering) return;
		this.#isRegistering = true;
		const batch = this.#nextBatch();
		const words = batch.map(({ upload }) => wordOf(upload));
		const sessions = this.#sessions;
		try {
			const [first] = batch;
			if (first) {
				const { signal } = this.#closing;
				const publish = first.upload.isPublic;
				const wasAnnounced = new Set(batch.filter((entry) => entry.wasAnnounced));
				for (const entry of batch) entry.wasAnnounced = true;
				const answer = await this.#parts.api.register(batch.map(announce), { publish, signal });
				this.#breaker.succeeded('register');
				this.#trust('register');
				this.#most = MAX_BATCH;
				this.#token = answer.token;
				const outcomes = new Map(answer.uploads.map((outcome) => [outcome.key, outcome]));
				for (const [at, entry] of batch.entries()) {
					const said = wasAnnounced.has(entry) ? undefined : words[at];
					this.#settle(entry, outcomes.get(entry.upload.key), said);
				}
			}
		} catch (error) {
			const waiting = batch.filter(({ upload }) => upload.state.kind === 'waiting');
			for (const entry of waiting.toReversed()) this.#unregistered.putBack(entry, entry);
			this.#refused(error, { batch: waiting, isOfNow: sessions === this.#sessions });
		} finally {
			this.#isRegistering = false;
		}
		this.advance();
	}

	/** Those that are next, all for everybody or all drafts: a registration says it once. */
	#nextBatch(): Entry[] {
		const [first, ...others] = this.#unregistered.take(this.#most);
		if (!first) return [];
		const batch = [first];
		const rest: Entry[] = [];
		for (const entry of others) {
			const fits = entry.upload.isPublic === first.upload.isPublic;
			(fits ? batch : rest).push(entry);
		}
		for (const entry of rest.reverse()) this.#unregistered.putBack(entry, entry);
		return batch;
	}

	/** @param said what the server took for the last word, when it had not heard another one before */
	#settle(entry: Entry, outcome: Registered | undefined, said: Word | undefined) {
		const { list, hash, onunsaid, onknown } = this.#parts;
		if (outcome?.outcome === 'accepted') {
			entry.url = outcome.url;
			const isOther = entry.upload.id !== outcome.id;
			list.name(entry, outcome.id);
			if (isOther && !(said && isSame(said, wordOf(entry.upload)))) onunsaid(entry);
			else if (isOther) entry.isTold = true;
			list.remember(entry);
		}
		// Paused or cancelled while the registration was on its way.
		if (entry.upload.state.kind !== 'waiting') return;
		switch (outcome?.outcome) {
			case 'accepted':
				if (outcome.state && !OPEN_STATES.includes(outcome.state)) {
					onknown(outcome.id, { ...outcome, state: outcome.state });
				} else if (outcome.mayBeDuplicate && entry.sha256 === null && hash) {
					list.move(entry, { ...waiting(entry), isCompared: true });
					void this.#identify(entry, hash);
				} else this.#ready(entry);
				return;
			case 'duplicate':
				list.move(entry, { kind: 'duplicate', trackId: outcome.trackId });
				return;
			case 'refused':
				if (outcome.code === 'disk_full') {
					// Not this file's fault: it waits for room like those that are on their way.
					this.#unregistered.putBack(entry, entry);
					this.#pauseFor('disk_full', 'register', null);
				} else list.move(entry, { kind: 'refused', code: outcome.code });
				return;
			case undefined:
				list.move(entry, { kind: 'failed', code: 'unexpected' });
		}
	}

	/** A track of the same name and size is here: the hash tells whether it is the same, before its bytes are sent. */
	async #identify(entry: Entry, hash: NonNullable<SenderParts['hash']>) {
		if (!entry.file) return;
		this.#hashing += 1;
		try {
			entry.sha256 = await hash(entry.file, this.#closing.signal);
			if (entry.upload.state.kind === 'waiting') this.#unregistered.putBack(entry, entry);
		} catch {
			// It cannot be read now; sending it will say why.
			if (entry.upload.state.kind === 'waiting') this.#ready(entry);
		}
		this.#hashing -= 1;
		// Together, or each would cost a request.
		if (this.#hashing === 0 || this.#unregistered.size >= MAX_BATCH) this.advance();
	}

	/** It is not here yet. */
	#ready(entry: Entry) {
		const { state } = entry.upload;
		if ('isCompared' in state) this.#parts.list.move(entry, waiting(entry));
		this.#registered.add(entry, entry);
	}

	async #send(entry: Entry) {
		const { list, transport } = this.#parts;
		const { file, url, upload } = entry;
		if (url === null || file === null || upload.state.kind !== 'waiting') return;
		const lane = new AbortController();
		entry.lane = lane;
		list.move(entry, { kind: 'sending', sent: entry.sent });
		try {
			const parcel = { file, url, token: this.#token, isFresh: !entry.wasTried };
			entry.wasTried = true;
			let last = parcel.isFresh ? 0 : null;
			await transport.send(parcel, {
				signal: lane.signal,
				onprogress: (sent) => {
					this.#trust('send'); // it is the server who says so
					// The first word says where an earlier try had ended: that is progress, not speed.
					if (last !== null && sent > last) this.#rate.add(sent - last);
					last = sent;
					this.#progress(entry, sent);
				}
			});
			this.#breaker.succeeded('send');
			this.#trust('send');
			this.#progress(entry, upload.size);
			// The server may have said more already; what it said counts.
			if (entry.upload.state.kind === 'sending') list.move(entry, { kind: 'received' });
		} catch (error) {
			if (!lane.signal.aborted) this.#failed(entry, error);
		} finally {
			if (entry.lane === lane) entry.lane = null;
		}
	}

	#progress(entry: Entry, sent: number) {
		const { state } = entry.upload;
		if (state.kind !== 'sending') return;
		// It gets through: earlier failures were not its own.
		if (sent > state.sent && state.sent > 0) entry.failures = 0;
		entry.sent = sent;
		this.#parts.list.move(entry, { kind: 'sending', sent });
	}

	#failed(entry: Entry, error: unknown) {
		const { list } = this.#parts;
		// The server said meanwhile what became of it.
		if (entry.upload.state.kind !== 'sending') return;
		const problem: SendProblem = error instanceof SendError ? error.problem : 'server';
		switch (problem) {
			case 'changed_on_disk':
			case 'forbidden':
				list.move(entry, { kind: 'failed', code: problem });
				return;
			case 'unauthorized':
			case 'gone':
				// Registering again brings a new token, and a new URL when the old one is no more.
				if (problem === 'gone') entry.sent = 0;
				if (this.#mayTryAgain(entry)) this.#unregistered.putBack(entry, entry);
				return;
			case 'network':
			case 'away':
			case 'exhausted':
			case 'disk_full':
				list.move(entry, waiting(entry));
				this.#registered.putBack(entry, entry);
				this.#pauseFor(HOLD_FOR[problem], 'send', error);
				return;
			case 'locked':
			case 'unreadable':
			case 'server':
				// Its own failure until others fail too: they go on, and the breaker counts.
				if (this.#mayTryAgain(entry)) this.#tryLater(entry, error);
				this.#breaker.failed('send');
				if (this.#breaker.isOpen) this.#pauseFor('server', 'send', error);
		}
	}

	#mayTryAgain(entry: Entry): boolean {
		const { list } = this.#parts;
		entry.failures += 1;
		if (entry.failures >= MAX_FAILURES) {
			list.move(entry, { kind: 'failed', code: 'unexpected' });
			return false;
		}
		list.move(entry, waiting(entry));
		return true;
	}

	#tryLater(entry: Entry, error: unknown) {
		const backoff = new Backoff({ random: this.#parts.random, failures: entry.failures - 1 });
		const delay = Math.max(askedFor(error), backoff.next());
		entry.timer = setTimeout(() => {
			entry.timer = null;
			if (entry.upload.state.kind === 'waiting') this.#registered.add(entry, entry);
			this.advance();
		}, delay);
	}

	/** A whole registration failed. */
	#refused(error: unknown, { batch, isOfNow }: { batch: readonly Entry[]; isOfNow: boolean }) {
		if (this.#closing.signal.aborted) return;
		const problem = error instanceof SendError ? error.problem : 'server';
		switch (problem) {
			case 'forbidden':
				for (const entry of batch) {
					this.#unregistered.remove(entry);
					this.#parts.list.move(entry, { kind: 'failed', code: 'forbidden' });
				}
				return;
			case 'unauthorized':
				if (isOfNow) this.#pauseFor('signed_out', 'register', error);
				return;
			case 'unreadable':
				this.#split(batch);
				return;
			case 'network':
			case 'disk_full':
				this.#pauseFor(problem, 'register', error);
				return;
			default:
				this.#pauseFor('server', 'register', error);
		}
	}

	/** One of these cannot be announced as it is: found by halves, it fails alone. */
	#split(batch: readonly Entry[]) {
		const [only] = batch;
		if (batch.length > 1 || !only) {
			this.#most = Math.max(1, Math.ceil(batch.length / 2));
			return;
		}
		this.#unregistered.remove(only);
		this.#parts.list.move(only, { kind: 'failed', code: 'unexpected' });
	}

	/** Nothing new begins until the wait is over; signing in has no wait, only an end. */
	#pauseFor(reason: Hold, during: Attempt, error: unknown) {
		if (this.#hold) return;
		const timer =
			reason === 'signed_out'
				? null
				: setTimeout(
						() => {
							this.#doubt = { reason, during };
							this.#release();
						},
						Math.max(askedFor(error), this.#delay(reason, during, error))
					);
		this.#hold = { reason, timer };
		this.#parts.onchange();
	}

	#delay(reason: Hold, during: Attempt, error: unknown): number {
		if (reason === 'disk_full') return DISK_FULL_RETRY_MS;
		const isExhausted = error instanceof SendError && error.problem === 'exhausted';
		return isExhausted || this.#breaker.isOpen
			? this.#breaker.trip()
			: this.#breaker.failed(during);
	}

	/** Sending shows that the road is whole; that files can be announced does not show that they can be sent. */
	#trust(attempt: Attempt) {
		if (this.#doubt === null || (attempt === 'register' && this.#doubt.during === 'send')) return;
		this.#doubt = null;
		this.#parts.onchange();
	}

	#release() {
		if (this.#hold?.timer) clearTimeout(this.#hold.timer);
		this.#hold = null;
		this.#parts.onchange();
		this.advance();
	}
}

/** Those of which nothing is on the server may go there in one request with others. */
const isSmall = ({ upload, wasTried }: Entry) => !wasTried && upload.size <= MOST_BUNDLED.fileBytes;

/** No server is believed to know more than so far ahead. */
const MOST_PATIENCE_MS = 5 * 60_000;

const askedFor = (error: unknown) =>
	Math.min(MOST_PATIENCE_MS, (error instanceof SendError ? error.retryAfterMs : null) ?? 0);
