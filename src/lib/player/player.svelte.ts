import { createContext } from 'svelte';
import type { Track } from '#contracts/track';
import { isShort, type Span } from './ahead.ts';
import { backoff } from './backoff.ts';
import { SystemControls, type Remote } from './media-session.ts';
import { probe, type Verdict } from './probe.ts';
import { PlayQueue, REWIND_SECONDS } from './queue.ts';
import { safeStorage, type SafeStorage } from './safe-storage.ts';

const VOLUME = 'segue.volume';
/** A connection that died without a word never raises an error: after this long it is tried anew. */
const STALL_MS = 12_000;
/** A browser names a dead connection and a file it cannot read alike: a few tries tell them apart. */
const UNPLAYABLE_AFTER = 3;

export type Fault = 'gone' | 'signed_out' | 'unplayable';

export type PlayerState =
	| { kind: 'empty' }
	| { kind: 'paused' }
	| { kind: 'loading' }
	| { kind: 'playing' }
	/** The network is away; it goes on by itself. */
	| { kind: 'retrying' }
	| { kind: 'failed'; fault: Fault };

export interface PlayerOptions {
	/** A track could not be played and the next one began. */
	onskipped?: (track: Track, fault: Fault) => void;
	storage?: SafeStorage;
	ask?: (url: string) => Promise<Verdict>;
}

/** What plays, for the whole visit. */
export class Player implements Remote {
	#state = $state.raw<PlayerState>({ kind: 'empty' });
	#current = $state.raw<Track | null>(null);
	#tracks = $state.raw<readonly Track[]>([]);
	#index = $state.raw(-1);
	#seconds = $state.raw(0);
	#duration = $state.raw(0);
	#buffered = $state.raw<readonly Span[]>([]);
	#volume = $state.raw(1);
	#isMuted = $state.raw(false);

	readonly isPlaying = $derived(this.#state.kind === 'playing' || this.#isTrying());
	/** It waits for sound, or soon will: what else is sent stands back. */
	readonly isHungry = $derived(
		this.#state.kind === 'loading' ||
			(this.#state.kind === 'playing' &&
				isShort({ seconds: this.#seconds, duration: this.#duration, buffered: this.#buffered }))
	);
	readonly hasNext = $derived(this.#index + 1 < this.#tracks.length);
	readonly upcoming = $derived(this.#tracks.slice(this.#index + 1));

	readonly #queue = new PlayQueue();
	readonly #storage: SafeStorage;
	readonly #ask: (url: string) => Promise<Verdict>;
	readonly #onskipped: (track: Track, fault: Fault) => void;
	#audio: HTMLAudioElement | null = null;
	#controls: SystemControls | null = null;
	/** Whether the person wants sound, whatever the network makes of it. */
	#wanted = false;
	/** Where to go on once the stream is there again. */
	#resumeAt = 0;
	#attempt = 0;
	/** How often the stream was there and could not be read. */
	#unreadable = 0;
	#retry: ReturnType<typeof setTimeout> | null = null;
	#stall: ReturnType<typeof setTimeout> | null = null;

	constructor({ onskipped = () => {}, storage = safeStorage(), ask = probe }: PlayerOptions = {}) {
		this.#onskipped = onskipped;
		this.#storage = storage;
		this.#ask = ask;
	}

	get state() {
		return this.#state;
	}
	get current() {
		return this.#current;
	}
	get tracks() {
		return this.#tracks;
	}
	get index() {
		return this.#index;
	}
	get seconds() {
		return this.#seconds;
	}
	get duration() {
		return this.#duration;
	}
	get buffered() {
		return this.#buffered;
	}
	get volume() {
		return this.#volume;
	}
	get isMuted() {
		return this.#isMuted;
	}

	/** Takes the page's audio element; returns what lets go of it. */
	attach(audio: HTMLAudioElement): () => void {
		this.#audio = audio;
		const remembered = Number.parseFloat(this.#storage.read(VOLUME) ?? '1');
		audio.volume = this.#volume = remembered >= 0 && remembered <= 1 ? remembered : 1;
		this.#controls = new SystemControls(navigator.mediaSession ?? null);
		const disconnect = this.#controls.connect(this);
		const events = this.#events(audio);
		for (const [name, listener] of events) audio.addEventListener(name, listener);
		const online = () => this.#state.kind === 'retrying' && this.#reload();
		addEventListener('online', online);
		return () => {
			removeEventListener('online', online);
			for (const [name, listener] of events) audio.removeEventListener(name, listener);
			disconnect();
			this.#settle();
			audio.pause();
			this.#audio = null;
		};
	}

	play(tracks: readonly Track[], index = 0) {
		this.#queue.play(tracks, index);
		this.#begin();
	}

	/** Pauses, goes on, or tries again what failed. */
	toggle() {
		if (this.isPlaying) this.pause();
		else this.resume();
	}

	resume() {
		if (!this.#current) return;
		this.#wanted = true;
		if (this.#state.kind === 'failed') this.#reload();
		else this.#sound();
	}

	pause() {
		this.#wanted = false;
		this.#settle();
		this.#audio?.pause();
		if (this.#current) this.#become({ kind: 'paused' });
	}

	next() {
		if (this.#queue.next()) this.#begin();
	}

	previous() {
		if (this.#seconds > REWIND_SECONDS || !this.#queue.hasPrevious) this.seek(0);
		else if (this.#queue.previous()) this.#begin();
	}

	jump(index: number) {
		if (this.#queue.jump(index)) this.#begin();
	}

	/** How many were added: what cannot play yet is not. */
	add(tracks: readonly Track[]): number {
		const added = this.#queue.add(tracks);
		this.#mirror();
		return added;
	}

	addNext(tracks: readonly Track[]): number {
		const added = this.#queue.addNext(tracks);
		this.#mirror();
		return added;
	}

	remove(index: number) {
		this.#queue.remove(index);
		this.#mirror();
	}

	seek(seconds: number) {
		const audio = this.#audio;
		if (!audio || !this.#current) return;
		const place = Math.max(0, Math.min(seconds, this.#duration || seconds));
		this.#resumeAt = this.#seconds = place;
		// Before the stream is known a place would be forgotten; `loadedmetadata` goes there.
		if (audio.readyState > 0) audio.currentTime = place;
		this.#controls?.place(place, this.#duration);
	}

	seekBy(seconds: number) {
		this.seek(this.#seconds + seconds);
	}

	setVolume(volume: number) {
		if (!this.#audio) return;
		this.#audio.volume = this.#volume = Math.max(0, Math.min(1, volume));
		this.#audio.muted = false;
		this.#storage.write(VOLUME, String(this.#audio.volume));
	}

	toggleMuted() {
		if (this.#audio) this.#audio.muted = !this.#audio.muted;
	}

	#begin() {
		this.#settle();
		this.#mirror();
		this.#attempt = this.#unreadable = 0;
		this.#resumeAt = this.#seconds = 0;
		this.#buffered = [];
		const { current } = this.#queue;
		this.#duration = current?.durationSeconds ?? 0;
		this.#wanted = current !== null;
		if (!current?.streamUrl || !this.#audio) {
			this.#audio?.removeAttribute('src');
			return this.#become({ kind: 'empty' });
		}
		this.#audio.src = current.streamUrl;
		this.#sound();
	}

	#sound() {
		const audio = this.#audio;
		if (!audio) return;
		this.#become(audio.paused || audio.readyState < 3 ? { kind: 'loading' } : { kind: 'playing' });
		this.#start(audio);
	}

	#start(audio: HTMLAudioElement) {
		this.#watch();
		audio.play().catch((error: unknown) => {
			// Another track began meanwhile, or the stream broke, which `error` tells.
			if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
			this.pause();
		});
	}

	#events(audio: HTMLAudioElement): [string, () => void][] {
		return [
			['playing', () => this.#heard()],
			['waiting', () => this.#wanted && !this.#isRetrying() && this.#wait()],
			['timeupdate', () => this.#moved(audio)],
			['loadedmetadata', () => this.#known(audio)],
			[
				'durationchange',
				() => Number.isFinite(audio.duration) && (this.#duration = audio.duration)
			],
			['progress', () => (this.#buffered = spansOf(audio.buffered))],
			['volumechange', () => ([this.#volume, this.#isMuted] = [audio.volume, audio.muted])],
			['pause', () => this.#paused(audio)],
			['ended', () => this.#ended()],
			['error', () => void this.#broke(audio)]
		];
	}

	#heard() {
		this.#attempt = this.#unreadable = 0;
		this.#settle();
		if (this.#wanted) this.#become({ kind: 'playing' });
	}

	#wait() {
		this.#become({ kind: 'loading' });
		this.#watch();
	}

	#moved(audio: HTMLAudioElement) {
		// While the stream is fetched anew the element stands at zero: the place is ours.
		if (this.#isRetrying() || audio.readyState === 0) return;
		this.#seconds = this.#resumeAt = audio.currentTime;
		if (this.#stall) this.#watch();
	}

	#known(audio: HTMLAudioElement) {
		if (this.#resumeAt > 0) audio.currentTime = this.#resumeAt;
		if (this.#isRetrying()) {
			// Said to be away until it sounds: the first bytes may come from what was kept here.
			if (this.#wanted) this.#start(audio);
			else this.#become({ kind: 'paused' });
		}
	}

	/** The system paused it: headphones pulled out, a call. */
	#paused(audio: HTMLAudioElement) {
		if (audio.ended || audio.error || this.#isRetrying() || !this.#wanted) return;
		this.#wanted = false;
		this.#settle();
		this.#become({ kind: 'paused' });
	}

	#ended() {
		if (this.#queue.next()) return this.#begin();
		this.#wanted = false;
		this.#settle();
		this.#become({ kind: 'paused' });
	}

	async #broke(audio: HTMLAudioElement) {
		const track = this.#current;
		if (!track?.streamUrl || audio.error?.code === MediaError.MEDIA_ERR_ABORTED) return;
		this.#settle();
		this.#become({ kind: 'retrying' });
		const verdict = await this.#ask(track.streamUrl);
		if (this.#current !== track || !this.#isRetrying()) return;
		if (verdict === 'gone' || verdict === 'signed_out') return this.#fail(track, verdict);
		// Only what fails while the server has it may be the file's fault.
		const isNetwork = audio.error?.code === MediaError.MEDIA_ERR_NETWORK;
		this.#unreadable = verdict === 'there' && !isNetwork ? this.#unreadable + 1 : 0;
		if (this.#unreadable >= UNPLAYABLE_AFTER) return this.#fail(track, 'unplayable');
		this.#retry = setTimeout(() => this.#reload(), backoff(this.#attempt));
		this.#attempt += 1;
	}

	/** Fetches the stream anew and goes on at the same place. */
	#reload() {
		const audio = this.#audio;
		if (!audio || !this.#current?.streamUrl) return;
		this.#settle();
		this.#become({ kind: 'retrying' });
		audio.src = this.#current.streamUrl;
		audio.load();
		this.#watch();
	}

	#fail(track: Track, fault: Fault) {
		this.#settle();
		if (fault !== 'signed_out' && this.#wanted && this.#queue.next()) {
			this.#onskipped(track, fault);
			return this.#begin();
		}
		this.#wanted = false;
		this.#become({ kind: 'failed', fault });
	}

	/** Sound is wanted and nothing comes: after a while the stream is fetched anew. */
	#watch() {
		if (this.#stall) clearTimeout(this.#stall);
		this.#stall = setTimeout(() => {
			this.#attempt += 1;
			this.#reload();
		}, STALL_MS);
	}

	#settle() {
		if (this.#retry) clearTimeout(this.#retry);
		if (this.#stall) clearTimeout(this.#stall);
		this.#retry = this.#stall = null;
	}

	#isRetrying() {
		return this.#state.kind === 'retrying';
	}

	#isTrying() {
		return this.#state.kind === 'loading' || this.#state.kind === 'retrying';
	}

	#mirror() {
		this.#tracks = this.#queue.tracks;
		this.#index = this.#queue.index;
		this.#current = this.#queue.current;
	}

	#become(state: PlayerState) {
		if (this.#state.kind === state.kind && state.kind !== 'failed' && state.kind !== 'loading')
			return;
		this.#state = state;
		this.#controls?.show(
			{
				track: this.#current,
				isPlaying: this.isPlaying,
				seconds: this.#seconds,
				duration: this.#duration
			},
			location.href
		);
	}
}

function spansOf(ranges: TimeRanges): Span[] {
	return Array.from({ length: ranges.length }, (_, n) => ({
		from: ranges.start(n),
		to: ranges.end(n)
	}));
}

export const [usePlayer, providePlayer] = createContext<Player>();
