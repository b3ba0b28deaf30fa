import { createContext, untrack } from 'svelte';
import type { Track } from '#contracts/track';
import seamWorklet from './seam-worklet.ts?worker&url';
import type { Span } from './ahead.ts';
import { Heard } from './heard.ts';
import { gainOf, type Levelling } from './loudness.ts';
import { SystemControls, type Remote } from './media-session.ts';
import { Memory, type QueueStore } from './memory.ts';
import { OneTab } from './one-tab.ts';
import { Playback, type Fault, type PlayerState } from './playback.ts';
import type { Verdict } from './probe.ts';
import { keyOf, PlayQueue, REWIND_SECONDS, type Entry, type Repeat } from './queue.ts';
import { browserQueueStore } from './queue-store.ts';
import { streamOf } from './rendition.ts';
import { safeStorage, type SafeStorage } from './safe-storage.ts';
import { readSettings, USUAL, writeSettings, type Settings } from './settings.ts';
import { SleepTimer, type Sleep } from './sleep-timer.ts';
import { Sound } from './sound.ts';

/** How often the place in a track is written down while it plays. */
const PLACE_MS = 3_000;

const ROUND: Record<Repeat, Repeat> = { off: 'all', all: 'one', one: 'off' };

export interface PlayerOptions {
	/** A track could not be played and the next one began. */
	onskipped?: (track: Track, fault: Fault) => void;
	/** So many seconds of a track were heard, which counts as a play. */
	onheard?: (track: Track, seconds: number) => void;
	storage?: SafeStorage;
	store?: QueueStore;
	ask?: (url: string) => Promise<Verdict>;
}

/** What plays, for the whole visit and into the next: the mirror of the queue and of what sounds. */
export class Player implements Remote {
	#state = $state.raw<PlayerState>({ kind: 'empty' });
	#current = $state.raw<Entry | null>(null);
	#entries = $state.raw<readonly Entry[]>([]);
	#index = $state.raw(-1);
	#repeat = $state.raw<Repeat>('off');
	#isShuffled = $state.raw(false);
	#seconds = $state.raw(0);
	#duration = $state.raw(0);
	#buffered = $state.raw<readonly Span[]>([]);
	#isHungry = $state.raw(false);
	#hasNext = $state.raw(false);
	#settings = $state.raw<Settings>(USUAL);
	#sleep = $state.raw<Sleep>({ kind: 'off' });

	readonly isPlaying = $derived(['playing', 'loading', 'retrying'].includes(this.#state.kind));
	readonly upcoming = $derived(this.#entries.slice(this.#index + 1));

	readonly #queue = new PlayQueue();
	readonly #timer = new SleepTimer();
	readonly #playback: Playback;
	readonly #storage: SafeStorage;
	readonly #memory: Memory;
	readonly #onheard: (track: Track, seconds: number) => void;
	#sound: Sound | null = null;
	#controls: SystemControls | null = null;
	#tabs: OneTab | null = null;
	#heard: Heard | null = null;
	#placedAt = 0;

	constructor(options: PlayerOptions = {}) {
		const { onskipped = () => {}, onheard = () => {}, storage = safeStorage() } = options;
		this.#onheard = onheard;
		this.#storage = storage;
		this.#memory = new Memory({ storage, store: options.store ?? browserQueueStore() });
		this.#playback = new Playback({
			queue: this.#queue,
			source: (entry) => this.#source(entry),
			following: () => (this.#timer.sleep.kind === 'track' ? null : this.#queue.following),
			endsHere: () => this.#timer.endsHere(),
			onchange: () => this.#mirror(),
			onbegin: () => this.#begun(),
			onskipped,
			ask: options.ask
		});
	}

	get state() {
		return this.#state;
	}
	get current(): Track | null {
		return this.#current?.track ?? null;
	}
	get entries() {
		return this.#entries;
	}
	get index() {
		return this.#index;
	}
	get repeat() {
		return this.#repeat;
	}
	get isShuffled() {
		return this.#isShuffled;
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
	get hasNext() {
		return this.#hasNext;
	}
	/** It waits for sound, or soon will: what else is sent stands back. */
	get isHungry() {
		return this.#isHungry;
	}
	get volume() {
		return this.#settings.volume;
	}
	get isMuted() {
		return this.#settings.isMuted;
	}
	get speed() {
		return this.#settings.speed;
	}
	get levelling() {
		return this.#settings.levelling;
	}
	get sleep() {
		return this.#sleep;
	}

	/** Takes the page's audio element; returns what lets go of it. */
	attach(audio: HTMLAudioElement): () => void {
		// Whoever attaches an element would else do it again at every change of what is read here.
		return untrack(() => this.#attach(audio));
	}

	#attach(audio: HTMLAudioElement): () => void {
		const sound = new Sound(audio, { on: this.#playback.events, worklet: seamWorklet });
		this.#sound = sound;
		this.#playback.use(sound);
		this.#choose(readSettings(this.#storage));
		this.#controls = new SystemControls(navigator.mediaSession ?? null);
		this.#tabs = new OneTab(() => this.isPlaying && this.#playback.pause('elsewhere'));
		const disconnect = this.#controls.connect(this);
		const gone = new AbortController();
		const { signal } = gone;
		addEventListener('online', () => this.#playback.online(), { signal });
		addEventListener('pagehide', () => this.#keepPlace(), { signal });
		const devices = navigator.mediaDevices as MediaDevices | undefined;
		devices?.addEventListener('devicechange', () => void sound.recover(), { signal });
		void this.#recall();
		return () => {
			gone.abort();
			disconnect();
			this.#tabs?.close();
			this.#keepPlace();
			this.#playback.use(null);
			sound.close();
			this.#sound = null;
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
		if (!this.#queue.current) return;
		this.#wake();
		this.#playback.resume();
	}

	pause() {
		this.#playback.pause();
		this.#keepPlace();
	}

	/** As a button named "stop" does: the next time it begins at the beginning. */
	stop() {
		this.pause();
		this.seek(0);
	}

	next() {
		if (this.#queue.next()) this.#begin();
	}

	previous() {
		if (this.#seconds > REWIND_SECONDS || !this.#queue.hasPrevious) this.seek(0);
		else if (this.#queue.previous()) this.#begin();
	}

	/** To an entry of the queue, by its key. */
	jump(key: number) {
		if (this.#queue.jump(key)) this.#begin();
	}

	/** How many were added: what cannot play yet is not. */
	add(tracks: readonly Track[]): number {
		return this.#edit(() => this.#queue.add(tracks));
	}

	addNext(tracks: readonly Track[]): number {
		return this.#edit(() => this.#queue.addNext(tracks));
	}

	/** These change what comes next; what they return takes it back, as long as nothing else was begun. */
	remove(key: number): () => void {
		return this.#undoable(() => this.#queue.remove(key));
	}

	clear(): () => void {
		return this.#undoable(() => this.#queue.clear());
	}

	/** @param to a place in all entries */
	move(key: number, to: number) {
		this.#edit(() => this.#queue.move(key, to));
	}

	setShuffled(isShuffled: boolean) {
		this.#edit(() => this.#queue.setShuffled(isShuffled));
	}

	/** Nothing, all, one, and so on. */
	turnRepeat() {
		this.#edit(() => this.#queue.setRepeat(ROUND[this.#queue.repeat]));
	}

	seek(seconds: number) {
		this.#playback.seek(seconds);
		this.#show();
		this.#keepPlace();
	}

	seekBy(seconds: number) {
		this.seek(this.#seconds + seconds);
	}

	setVolume(volume: number) {
		this.#choose({ volume: Math.max(0, Math.min(1, volume)), isMuted: false });
	}

	toggleMuted() {
		this.#choose({ isMuted: !this.isMuted });
	}

	/** @param speed times the usual one, 0.5 to 2; the pitch stays */
	setSpeed(speed: number) {
		this.#choose({ speed: Math.max(0.5, Math.min(2, speed)) });
		this.#show();
	}

	setLevelling(levelling: Levelling) {
		this.#choose({ levelling });
	}

	/** @param when minutes from now, the end of this track, or never */
	setSleep(when: number | 'track' | 'off') {
		if (when === 'off') this.#timer.off();
		else if (when === 'track') this.#timer.afterTrack();
		else this.#timer.after(when, Date.now());
		this.#edit(() => {});
	}

	/** Those of these tracks that are in the queue. */
	inQueue(ids: readonly string[]): string[] {
		const queued = this.#queue.entries.map(({ track }) => track.id);
		return ids.filter((id) => queued.includes(id));
	}

	/** They are not to be had any more: they do not come up. What plays now plays on, as far as it goes. */
	forgo(ids: readonly string[]) {
		const playing = this.#queue.current?.track.id;
		this.#edit(() => this.#queue.removeWhere(({ id }) => id !== playing && ids.includes(id)));
	}

	/** Who listened left: nothing that only they may hear stays, nor what they heard. */
	async leave(): Promise<void> {
		const before = this.#queue.current;
		this.#queue.removeWhere(({ visibility }) => visibility !== 'public');
		if (!this.#queue.current) this.#playback.stop();
		else if (this.#queue.current !== before) this.#playback.stand(0);
		this.#mirror();
		await this.#memory.forget();
	}

	/** Somebody is here: other tabs are silent, and a timer that ran out meanwhile was for an earlier evening. */
	#wake() {
		this.#tabs?.claim();
		this.#timer.isDue(Date.now());
	}

	#begin() {
		this.#wake();
		this.#playback.begin();
		this.#edit(() => {});
	}

	/** What was left in an earlier visit stands ready, unless something plays already. */
	async #recall() {
		const remembered = await this.#memory.recall();
		if (!remembered || this.#queue.current || !this.#sound) return;
		this.#queue.restore(remembered.queue);
		this.#playback.stand(remembered.seconds);
	}

	#source(entry: Entry) {
		const url = streamOf(entry.track, listener());
		return url ? { key: keyOf(entry), url, gain: this.#gain(entry) } : null;
	}

	#gain({ track }: Entry) {
		// What belongs together stands together: to look further would cost more than it tells.
		const at = Math.max(0, this.#queue.index - SIBLINGS);
		const near = this.#queue.entries.slice(at, at + 2 * SIBLINGS).map((entry) => entry.track);
		const siblings = near.filter((other, n) => other.id !== track.id && near.indexOf(other) === n);
		return gainOf(track, this.levelling, siblings);
	}

	#choose(part: Partial<Settings>) {
		const before = this.#settings;
		const settings = (this.#settings = { ...before, ...part });
		this.#sound?.setVolume(settings.volume, settings.isMuted);
		if (settings.speed !== before.speed) this.#sound?.setRate(settings.speed);
		if (settings.levelling !== before.levelling) {
			for (const entry of [this.#queue.current, this.#queue.following]) {
				if (entry) this.#sound?.setGain(keyOf(entry), this.#gain(entry));
			}
		}
		writeSettings(this.#storage, settings);
	}

	#undoable(change: () => void): () => void {
		const before = this.#queue.state;
		this.#edit(change);
		const after = this.#queue.state;
		return () => {
			if (this.#queue.state.entries === after.entries)
				this.#edit(() => this.#queue.putBack(before));
		};
	}

	#edit<T>(change: () => T): T {
		const result = change();
		this.#playback.lookAhead();
		this.#mirror();
		this.#memory.keep(this.#queue.state);
		return result;
	}

	#begun() {
		const { current } = this.#queue;
		this.#heard = current && new Heard(current.track.durationSeconds);
		this.#memory.keep(this.#queue.state);
		this.#placedAt = 0;
	}

	#mirror() {
		const { queue, playback } = { queue: this.#queue, playback: this.#playback };
		const before = this.#state;
		const track = this.#current;
		this.#entries = queue.entries;
		this.#index = queue.index;
		this.#current = queue.current;
		this.#repeat = queue.repeat;
		this.#isShuffled = queue.isShuffled;
		this.#hasNext = queue.hasNext;
		this.#state = playback.state;
		this.#seconds = playback.seconds;
		this.#duration = playback.duration;
		this.#buffered = playback.buffered;
		this.#isHungry = playback.isHungry;
		this.#sleep = this.#timer.sleep;
		if (before.kind !== this.#state.kind || track !== this.#current) this.#show();
		this.#look();
	}

	/** At every sign of life: how much was heard, where it is, whether it is time to sleep. */
	#look() {
		const now = Date.now();
		const counted = this.#heard?.look(this.#state.kind === 'playing', performance.now()) ?? null;
		if (counted !== null && this.current) this.#onheard(this.current, counted);
		if (this.#state.kind === 'playing' && now - this.#placedAt > PLACE_MS) this.#keepPlace();
		if (this.isPlaying && this.#timer.isDue(now)) this.#playback.pause('asleep');
	}

	#keepPlace() {
		const key = this.#queue.current?.key;
		if (key === undefined) return;
		this.#placedAt = Date.now();
		this.#memory.keepPlace(key, this.#playback.seconds);
	}

	#show() {
		const { current: track, isPlaying, seconds, duration, speed } = this;
		this.#controls?.show({ track, isPlaying, seconds, duration, speed }, location.href);
	}
}

/** So many entries before and after are asked for others of the same release. */
const SIBLINGS = 40;

interface Link {
	saveData?: boolean;
	effectiveType?: string;
}

function listener() {
	const { connection } = navigator as Navigator & { connection?: Link };
	const audio = document.createElement('audio');
	return {
		savesData: connection?.saveData === true || /2g|3g/.test(connection?.effectiveType ?? ''),
		canPlay: (type: string) => audio.canPlayType(type) !== ''
	};
}

export const [usePlayer, providePlayer] = createContext<Player>();
