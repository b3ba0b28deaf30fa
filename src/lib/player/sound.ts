import { Deck, spansOf, type Source } from './deck.ts';
import type { Span } from './ahead.ts';
import { canMix, Mixer } from './mixer.ts';

/** The second element is asked to play this long before the first one ends; it takes some tens of milliseconds. */
const LEAD_SECONDS = 0.25;
/** From here on a timer watches for that moment: the element itself speaks four times a second. */
const NEAR_SECONDS = 2;
/** The first sound does not wait longer for the mixer. */
const MIXER_MS = 400;
/** A jump back that nobody hears is not made. */
const LAG_SECONDS = 0.03;

export interface SoundEvents {
	sounding(): void;
	waiting(): void;
	moved(): void;
	/** More of it is here, or it is known to be longer. */
	grew(): void;
	known(): void;
	/** The system paused it. */
	paused(): void;
	/** It is over, and nothing was prepared or it was paused at its very end. */
	ended(): void;
	/** It is over and what was prepared sounds already. */
	followed(): void;
	broke(): void;
	/** The browser wants a click first. */
	refused(): void;
}

/** Sound comes out of one element; a second one has what comes next, and takes over without a gap. Knows no queue. */
export class Sound {
	readonly #on: SoundEvents;
	readonly #worklet: string;
	#main: Deck;
	#spare: Deck | null = null;
	#mixer: Mixer | null = null;
	#opening: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;
	/** The spare one was started, and the mixer waits for the end of the other. */
	#isArmed = false;
	/** Somebody paused it: an end that was told meanwhile begins nothing. */
	#isHeld = false;
	#volume = 1;
	#isMuted = false;
	#rate = 1;
	/** Rises with each source: what was begun for an older one is too late. */
	#turn = 0;

	constructor(audio: HTMLAudioElement, { on, worklet }: { on: SoundEvents; worklet: string }) {
		this.#on = on;
		this.#worklet = worklet;
		this.#main = this.#deck(audio, 0);
	}

	get source(): Source | null {
		return this.#main.source;
	}
	get prepared(): Source | null {
		return this.#spare?.source ?? null;
	}
	get seconds() {
		return this.#main.audio.currentTime;
	}
	get duration() {
		return this.#main.audio.duration;
	}
	get buffered(): Span[] {
		return spansOf(this.#main.audio.buffered);
	}
	get isPaused() {
		return this.#main.audio.paused;
	}
	get hasFuture() {
		return this.#main.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
	}
	/** Whether a place in it can be gone to. */
	get isKnown() {
		return this.#main.audio.readyState > HTMLMediaElement.HAVE_NOTHING;
	}
	get isOver() {
		return this.#main.audio.ended;
	}
	get error() {
		return this.#main.audio.error;
	}

	/** Fetches it, or takes what was prepared. */
	load(source: Source) {
		this.#turn += 1;
		this.#disarm();
		if (this.#spare?.isReady && this.#spare.source?.key === source.key) return this.#swap();
		this.#main.load(source);
		this.#level(this.#main);
		this.#mixer?.cut(this.#main.slot);
	}

	/** The same again, from the server. */
	reload() {
		this.#disarm();
		this.#main.reload();
	}

	empty() {
		this.#turn += 1;
		this.#disarm();
		this.#main.empty();
		this.#spare?.empty();
	}

	async play(): Promise<void> {
		this.#isHeld = false;
		const turn = this.#turn;
		if (!this.#mixer) await this.#open();
		if (turn !== this.#turn) return;
		this.#lead(this.#main);
		if (this.#mixer && !this.#mixer.isRunning && !(await this.#mixer.resume()))
			this.#giveUpMixing();
		if (turn !== this.#turn) return;
		try {
			await this.#main.audio.play();
		} catch (error) {
			// Another track began meanwhile, or the stream broke, which `error` tells.
			if (error instanceof DOMException && error.name === 'NotAllowedError') this.#on.refused();
		}
	}

	pause() {
		this.#isHeld = true;
		this.#turn += 1;
		this.#disarm();
		this.#main.audio.pause();
		const lag = this.#mixer?.lagSeconds ?? 0;
		this.#mixer?.cut(this.#main.slot);
		// What was kept back was not heard yet.
		if (lag > LAG_SECONDS) this.#main.audio.currentTime -= Math.min(lag, this.seconds);
	}

	seek(seconds: number) {
		this.#disarm();
		this.#mixer?.cut(this.#main.slot);
		this.#main.audio.currentTime = seconds;
	}

	/** Fetches what comes after this; null when that changed. */
	prepare(source: Source | null) {
		if (!source || !canMix()) {
			if (this.#spare?.source) {
				this.#disarm();
				this.#spare.empty();
			}
			return;
		}
		if (this.#spare?.source?.key === source.key) return;
		this.#disarm();
		this.#spare ??= this.#deck(new Audio(), this.#main.slot === 0 ? 1 : 0);
		this.#lead(this.#spare);
		this.#spare.load(source);
		this.#level(this.#spare);
	}

	setVolume(volume: number, isMuted: boolean) {
		this.#volume = volume;
		this.#isMuted = isMuted;
		this.#eachDeck((deck) => this.#level(deck));
	}

	setRate(rate: number) {
		this.#rate = rate;
		this.#disarm();
		this.#eachDeck((deck) => deck.setRate(rate));
	}

	/** What plays, or what is prepared, is to be louder or quieter. */
	setGain(key: string, gain: number) {
		this.#eachDeck((deck) => {
			if (deck.source?.key !== key) return;
			deck.source = { ...deck.source, gain };
			this.#level(deck);
		});
	}

	/** The speakers changed, or the system let go of the mixer: what sounded sounds again. */
	async recover() {
		const mixer = this.#mixer;
		if (this.isPaused || !mixer || mixer.isRunning || (await mixer.resume())) return;
		if (mixer !== this.#mixer || mixer.isRunning) return;
		this.#giveUpMixing();
		await this.play();
	}

	close() {
		this.#disarm();
		this.#eachDeck((deck) => deck.close());
		this.#mixer?.close();
	}

	#deck(audio: HTMLAudioElement, slot: 0 | 1): Deck {
		const deck: Deck = new Deck(audio, slot, (event) => this.#heard(deck, event));
		deck.setRate(this.#rate);
		return deck;
	}

	#heard(deck: Deck, event: string) {
		if (deck === this.#main) return this.#heardMain(event);
		if (event === 'error' && deck === this.#spare) {
			this.#disarm();
			deck.empty(); // it is tried again when it is its turn
		}
	}

	#heardMain(event: string) {
		if (event === 'playing') this.#on.sounding();
		else if (event === 'waiting') this.#on.waiting();
		else if (event === 'loadedmetadata') this.#on.known();
		else if (event === 'pause') this.#on.paused();
		else if (event === 'error') this.#on.broke();
		else if (event === 'ended') this.#over();
		else if (event === 'timeupdate') this.#on.moved();
		else this.#on.grew();
		if (event === 'timeupdate' || event === 'playing') this.#watchEnd();
	}

	#over() {
		if (this.#isHeld || !this.#spare?.isReady) return this.#on.ended();
		if (this.#isArmed) this.#mixer?.join();
		const wasArmed = this.#isArmed;
		this.#isArmed = false;
		this.#swap(!wasArmed);
		if (!wasArmed) void this.play();
		this.#on.followed();
	}

	#watchEnd() {
		const left = this.#left;
		if (!this.#spare?.isReady || this.#isArmed || this.#timer || !(left < NEAR_SECONDS)) return;
		this.#timer = setTimeout(
			() => {
				this.#timer = null;
				this.#arm();
			},
			Math.max(0, left - LEAD_SECONDS) * 1000
		);
	}

	/** Starts what comes next, kept back by the mixer until this has given its last sample. */
	#arm() {
		const spare = this.#spare;
		const mixer = this.#mixer;
		if (!spare?.isReady || this.isPaused || !mixer?.isRunning) return;
		if (!spare.isLed || !this.#main.isLed) return;
		if (this.#left > 2 * LEAD_SECONDS) return this.#watchEnd(); // somebody jumped back
		this.#isArmed = true;
		mixer.arm(this.#left, this.#main.audio.volume * (this.#main.source?.gain ?? 1));
		spare.audio.play().catch(() => this.#disarm());
	}

	get #left() {
		return (this.duration - this.seconds) / this.#rate;
	}

	#disarm() {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		if (!this.#isArmed) return;
		this.#isArmed = false;
		this.#mixer?.cut(this.#main.slot);
		this.#spare?.rewind();
	}

	/** The spare one is the main one now, in its place in the document. */
	#swap(isCut = true) {
		const old = this.#main;
		if (!this.#spare) return;
		this.#main = this.#spare;
		this.#spare = old;
		old.audio.replaceWith(this.#main.audio);
		old.empty();
		if (isCut) this.#mixer?.cut(this.#main.slot);
	}

	async #open() {
		if (this.#opening) return; // it was waited for once
		this.#opening = Mixer.open(this.#worklet, () => void this.recover()).then((mixer) => {
			this.#mixer = mixer;
			// Where it took its time, this was prepared without it: it does not sound yet.
			if (this.#spare) this.#lead(this.#spare);
		});
		await Promise.race([this.#opening, new Promise((done) => setTimeout(done, MIXER_MS))]);
	}

	/** Leads an element through the mixer, while nothing of it sounds: the change would be heard. */
	#lead(deck: Deck) {
		if (!this.#mixer?.isRunning || deck.isLed || !deck.audio.paused) return;
		this.#mixer.lead(deck.audio, deck.slot);
		deck.isLed = true;
		if (deck === this.#main) this.#mixer.cut(deck.slot);
		this.#level(deck);
	}

	/** The context does not run, so what is led through it stands still: other elements, which play by themselves. */
	#giveUpMixing() {
		this.#mixer?.close();
		this.#mixer = null;
		this.#spare?.close();
		this.#spare = null;
		if (!this.#main.isLed) return;
		const old = this.#main;
		this.#main = this.#deck(new Audio(), 0);
		this.#main.continue(old);
		old.audio.replaceWith(this.#main.audio);
		old.close();
		this.#level(this.#main);
	}

	#level(deck: Deck) {
		const gain = deck.source?.gain ?? 1;
		if (deck.isLed) this.#mixer?.level(deck.slot, gain);
		// An element alone can only be made quieter.
		deck.audio.volume = deck.isLed ? this.#volume : this.#volume * Math.min(1, gain);
		deck.audio.muted = this.#isMuted;
	}

	#eachDeck(run: (deck: Deck) => void) {
		run(this.#main);
		if (this.#spare) run(this.#spare);
	}
}
