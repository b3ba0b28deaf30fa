import type { Track } from '#contracts/track';
import { isShort, mayFetchNext, type Span } from './ahead.ts';
import { backoff } from './backoff.ts';
import type { Source } from './deck.ts';
import { probe, type Verdict } from './probe.ts';
import { keyOf, type Entry, type PlayQueue } from './queue.ts';
import type { Sound, SoundEvents } from './sound.ts';

/** A connection that died without a word never raises an error: after this long it is tried anew. */
const STALL_MS = 12_000;
/** Before that the server is asked for a single byte: a listener wants to know why it is silent. */
const ASK_MS = 3_000;
/** A browser names a dead connection and a file it cannot read alike: a few tries tell them apart. */
const UNPLAYABLE_AFTER = 3;

/** Codes of `MediaError`. */
const [ABORTED, NETWORK] = [1, 2];

export type Fault = 'gone' | 'signed_out' | 'unplayable';

export type PlayerState =
	| { kind: 'empty' }
	/** `because` is there where it was not the listener's hand in this tab. */
	| { kind: 'paused'; because?: 'elsewhere' | 'asleep' }
	| { kind: 'loading' }
	| { kind: 'playing' }
	/** The network is away; it goes on by itself. */
	| { kind: 'retrying' }
	| { kind: 'failed'; fault: Fault };

/** What of the sound is asked and told here. */
export type Output = Pick<
	Sound,
	| 'source'
	| 'prepared'
	| 'seconds'
	| 'duration'
	| 'buffered'
	| 'isPaused'
	| 'hasFuture'
	| 'isKnown'
	| 'isOver'
	| 'error'
	| 'load'
	| 'reload'
	| 'empty'
	| 'play'
	| 'pause'
	| 'seek'
	| 'prepare'
>;

export interface PlaybackOptions {
	queue: PlayQueue;
	/** What an entry of the queue sounds like. */
	source: (entry: Entry) => Source | null;
	/** What begins by itself when this is over. */
	following: () => Entry | null;
	/** This is over; whether nothing begins now, though something would follow. */
	endsHere: () => boolean;
	onchange: () => void;
	/** Another entry of the queue, from its beginning. */
	onbegin: () => void;
	onskipped: (track: Track, fault: Fault) => void;
	ask?: ((url: string) => Promise<Verdict>) | undefined;
}

/** Plays a queue, whatever the network makes of it. Knows no page. */
export class Playback {
	readonly #options: PlaybackOptions;
	readonly #queue: PlayQueue;
	readonly #ask: (url: string) => Promise<Verdict>;
	#sound: Output | null = null;
	#state: PlayerState = { kind: 'empty' };
	seconds = 0;
	duration = 0;
	buffered: readonly Span[] = [];
	/** Whether the person wants sound, whatever the network makes of it. */
	#wanted = false;
	/** Where to go on once the stream is there again. */
	#resumeAt = 0;
	/** What is in the element, or is about to be. */
	#loaded: Entry | null = null;
	#attempt = 0;
	/** How often the stream was there and could not be read. */
	#unreadable = 0;
	/** How many in a row could not be played. */
	#skipped = 0;
	#retry: ReturnType<typeof setTimeout> | null = null;
	#stall: ReturnType<typeof setTimeout> | null = null;

	constructor(options: PlaybackOptions) {
		this.#options = options;
		this.#queue = options.queue;
		this.#ask = options.ask ?? probe;
	}

	get state() {
		return this.#state;
	}
	get isWanted() {
		return this.#wanted;
	}
	/** It waits for sound, or soon will: what else is sent stands back. */
	get isHungry() {
		return this.#state.kind === 'loading' || (this.#state.kind === 'playing' && isShort(this));
	}

	/** What the sound tells. */
	readonly events: SoundEvents = {
		sounding: () => this.#sounds(),
		waiting: () => this.#wanted && !this.#isRetrying() && this.#wait(),
		moved: () => this.#moved(),
		grew: () => this.#grew(),
		known: () => this.#known(),
		paused: () => this.#paused(),
		ended: () => this.#ended(),
		followed: () => this.#followed(),
		broke: () => void this.#broke(),
		refused: () => this.pause()
	};

	use(sound: Output | null) {
		if (!sound) this.#settle();
		this.#sound = sound;
	}

	/** The queue has another current entry: it begins. */
	begin() {
		this.#settle();
		this.#attempt = this.#unreadable = 0;
		this.#place(0);
		const { current } = this.#queue;
		this.#wanted = current !== null;
		this.#loaded = null;
		if (!current || !this.#sound) {
			this.#sound?.empty();
			return this.#become({ kind: 'empty' });
		}
		this.#options.onbegin();
		this.#start();
	}

	/** As it was left: nothing is fetched until it is wanted. */
	stand(seconds: number) {
		if (!this.#queue.current) return;
		this.#place(seconds);
		this.#options.onbegin();
		this.#become({ kind: 'paused' });
	}

	resume() {
		if (!this.#queue.current) return;
		this.#wanted = true;
		if (this.#state.kind === 'failed') this.#reload();
		else this.#start();
	}

	pause(because?: 'elsewhere' | 'asleep') {
		this.#wanted = false;
		this.#settle();
		this.#sound?.pause();
		if (!this.#queue.current) return;
		this.#become({ kind: 'paused', ...(because && { because }) });
	}

	/** Nothing plays, and nothing is kept. */
	stop() {
		this.#wanted = false;
		this.#settle();
		this.#loaded = null;
		this.#sound?.empty();
		this.#place(0);
		this.#become({ kind: 'empty' });
	}

	seek(seconds: number) {
		if (!this.#queue.current) return;
		const place = Math.max(0, Math.min(seconds, this.duration || seconds));
		this.#resumeAt = this.seconds = place;
		// Before the stream is known a place would be forgotten; `known` goes there.
		if (this.#isLoaded() && this.#sound?.isKnown) this.#sound.seek(place);
		this.#options.onchange();
	}

	/** What comes next may have changed, or may be fetched now. */
	lookAhead() {
		const sound = this.#sound;
		const next = this.#options.following();
		const prepared = sound?.prepared?.key;
		if (!sound || (next && prepared === keyOf(next))) return;
		if (prepared !== undefined) sound.prepare(null);
		const mayFetch = this.#state.kind === 'playing' && mayFetchNext(this);
		if (next && mayFetch) sound.prepare(this.#options.source(next));
	}

	#start() {
		const { current } = this.#queue;
		const sound = this.#sound;
		const source = current && this.#options.source(current);
		if (!sound || !source) return;
		if (!this.#isLoaded()) {
			this.#loaded = current;
			sound.load(source);
			if (sound.isKnown) this.#known();
		}
		this.#become(sound.isPaused || !sound.hasFuture ? { kind: 'loading' } : { kind: 'playing' });
		this.#play();
	}

	#play() {
		this.#watch();
		void this.#sound?.play();
	}

	#sounds() {
		this.#attempt = this.#unreadable = this.#skipped = 0;
		this.#settle();
		if (this.#wanted) this.#become({ kind: 'playing' });
	}

	#wait() {
		this.#become({ kind: 'loading' });
		this.#watch();
	}

	#moved() {
		const sound = this.#sound;
		// While the stream is fetched anew the element stands at zero: the place is ours.
		if (!sound?.isKnown || !this.#isLoaded() || this.#isRetrying()) return;
		this.seconds = this.#resumeAt = sound.seconds;
		if (this.#stall) this.#watch();
		this.#grew();
	}

	/** Before it is where it should go on it stands at zero too: this says nothing of the place. */
	#grew() {
		const sound = this.#sound;
		if (!sound?.isKnown || !this.#isLoaded()) return;
		this.buffered = sound.buffered;
		if (Number.isFinite(sound.duration)) this.duration = sound.duration;
		this.lookAhead();
		this.#options.onchange();
	}

	#known() {
		if (this.#resumeAt > 0) this.#sound?.seek(this.#resumeAt);
		if (!this.#isRetrying()) return;
		// Said to be away until it sounds: the first bytes may come from what was kept here.
		if (this.#wanted) this.#play();
		else this.#become({ kind: 'paused' });
	}

	/** The system paused it: headphones pulled out, a call. */
	#paused() {
		const sound = this.#sound;
		if (!sound || sound.isOver || sound.error || this.#isRetrying() || !this.#wanted) return;
		if (!sound.isPaused) return; // an older pause, told late
		this.pause();
	}

	#ended() {
		if (this.#options.endsHere()) return this.#standNext('asleep');
		// Paused while the last of it went out.
		if (!this.#wanted) return this.#standNext();
		const before = this.#queue.current;
		if (!this.#queue.advance()) return this.#rest();
		// The same once more is in the element already.
		if (this.#queue.current !== before) return this.begin();
		this.#place(0);
		this.#options.onbegin();
		this.#sound?.seek(0);
		this.#play();
	}

	/** What would have begun stands ready. */
	#standNext(because?: 'asleep') {
		this.#wanted = false;
		this.#settle();
		this.#queue.advance();
		this.#loaded = null;
		this.#place(0);
		this.#options.onbegin();
		this.#become({ kind: 'paused', ...(because && { because }) });
	}

	#rest() {
		this.#wanted = false;
		this.#settle();
		this.#become({ kind: 'paused' });
	}

	/** What was prepared sounds already. */
	#followed() {
		this.#loaded = this.#queue.advance();
		this.#settle();
		this.#attempt = this.#unreadable = 0;
		this.#place(0);
		this.#options.onbegin();
		this.#moved();
		// Where it ran dry before its turn nobody says so again.
		if (this.#sound?.hasFuture) this.#become({ kind: 'playing' });
		else this.#wait();
	}

	async #broke() {
		const entry = this.#queue.current;
		const url = this.#sound?.source?.url;
		const error = this.#sound?.error;
		if (!entry || !url || !error || error.code === ABORTED) return;
		this.#settle();
		this.#become({ kind: 'retrying' });
		const verdict = await this.#ask(url);
		if (this.#queue.current !== entry || !this.#isRetrying()) return;
		if (verdict === 'gone' || verdict === 'signed_out') return this.#fail(entry.track, verdict);
		// Only what fails while the server has it may be the file's fault.
		const isNetwork = error.code === NETWORK;
		this.#unreadable = verdict === 'there' && !isNetwork ? this.#unreadable + 1 : 0;
		if (this.#unreadable >= UNPLAYABLE_AFTER) return this.#fail(entry.track, 'unplayable');
		this.#tryLater();
	}

	/** The network is back, as far as the browser knows. */
	online() {
		if (this.#isRetrying()) this.#reload();
	}

	/** Fetches the stream anew and goes on at the same place. */
	#reload() {
		if (!this.#sound || !this.#queue.current) return;
		this.#settle();
		this.#become({ kind: 'retrying' });
		this.#sound.reload();
		this.#watch();
	}

	#fail(track: Track, fault: Fault) {
		this.#settle();
		this.#skipped += 1;
		// Round and round, when all of it is gone.
		const isAll = this.#skipped >= this.#queue.entries.length;
		if (fault !== 'signed_out' && this.#wanted && !isAll && this.#queue.next()) {
			this.#options.onskipped(track, fault);
			return this.begin();
		}
		this.#wanted = false;
		this.#become({ kind: 'failed', fault });
	}

	/** Sound is wanted and nothing comes: the server is asked why, and after a while the stream is fetched anew. */
	#watch() {
		if (this.#stall) clearTimeout(this.#stall);
		this.#stall = setTimeout(() => void this.#doubt(), ASK_MS);
	}

	async #doubt() {
		const entry = this.#queue.current;
		const url = this.#sound?.source?.url;
		const stall = (this.#stall = setTimeout(() => {
			this.#attempt += 1;
			this.#reload();
		}, STALL_MS - ASK_MS));
		if (!entry || !url || this.#isRetrying()) return;
		const verdict = await this.#ask(url);
		if (this.#stall !== stall || this.#queue.current !== entry) return;
		if (verdict === 'gone' || verdict === 'signed_out') return this.#fail(entry.track, verdict);
		if (verdict === 'unreachable') this.#tryLater();
	}

	#tryLater() {
		this.#settle();
		this.#become({ kind: 'retrying' });
		this.#retry = setTimeout(() => this.#reload(), backoff(this.#attempt));
		this.#attempt += 1;
	}

	#settle() {
		if (this.#retry) clearTimeout(this.#retry);
		if (this.#stall) clearTimeout(this.#stall);
		this.#retry = this.#stall = null;
	}

	#place(seconds: number) {
		this.#resumeAt = this.seconds = seconds;
		this.buffered = [];
		this.duration = this.#queue.current?.track.durationSeconds ?? 0;
	}

	#isLoaded() {
		return this.#loaded !== null && this.#loaded === this.#queue.current;
	}

	#isRetrying() {
		return this.#state.kind === 'retrying';
	}

	#become(state: PlayerState) {
		this.#state = state;
		this.#options.onchange();
	}
}
