import type { Span } from './ahead.ts';
import type { Slot } from './seam.ts';

/** What an element is to play. */
export interface Source {
	/** The same for the same place in the queue. */
	key: string;
	url: string;
	/** What its samples are multiplied by; 1 changes nothing. */
	gain: number;
}

const EVENTS = [
	'playing',
	'waiting',
	'timeupdate',
	'loadedmetadata',
	'durationchange',
	'progress',
	'pause',
	'ended',
	'error'
] as const;

/** One audio element, and what it has to play. */
export class Deck {
	readonly audio: HTMLAudioElement;
	readonly slot: Slot;
	source: Source | null = null;
	/** It is led through the mixer, which cannot be taken back. */
	isLed = false;
	readonly #stops: () => void;
	#rate = 1;

	constructor(audio: HTMLAudioElement, slot: Slot, hear: (event: string) => void) {
		this.audio = audio;
		this.slot = slot;
		audio.preload = 'auto';
		const listen = ({ type }: Event) => hear(type);
		for (const name of EVENTS) audio.addEventListener(name, listen);
		this.#stops = () => {
			for (const name of EVENTS) audio.removeEventListener(name, listen);
		};
	}

	/** Whether it would sound at once. */
	get isReady() {
		return this.source !== null && this.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
	}

	load(source: Source) {
		this.source = source;
		this.audio.src = source.url;
		// A new source begins at the usual speed.
		this.setRate(this.#rate);
	}

	reload() {
		if (!this.source) return;
		this.load(this.source);
		this.audio.load();
	}

	/** Plays on where another one was. */
	continue({ source, audio }: Deck) {
		if (!source) return;
		this.load(source);
		this.audio.currentTime = audio.currentTime;
	}

	rewind() {
		this.audio.pause();
		this.audio.currentTime = 0;
	}

	empty() {
		if (!this.source) return;
		this.source = null;
		this.audio.pause();
		this.audio.removeAttribute('src');
		this.audio.load(); // lets go of the connection
	}

	setRate(rate: number) {
		this.#rate = rate;
		this.audio.defaultPlaybackRate = this.audio.playbackRate = rate;
	}

	close() {
		this.#stops();
		this.audio.pause();
		this.audio.removeAttribute('src');
		this.audio.load();
	}
}

export function spansOf(ranges: TimeRanges): Span[] {
	return Array.from({ length: ranges.length }, (_, n) => ({
		from: ranges.start(n),
		to: ranges.end(n)
	}));
}
