import type { SeamOrder, Slot } from './seam.ts';

/** −80 dB: below this an end is silent, though an encoder left something there. */
const FLOOR = 1e-4;
const RESUME_MS = 1_000;

/**
 * The road from two audio elements to the speakers, where the browser can mix: each has its gain, and a seam joins
 * them. An element that was led through here sounds only while the context runs, so it is asked for first.
 */
export class Mixer {
	readonly #context: AudioContext;
	readonly #seam: AudioWorkletNode;
	readonly #gains: readonly [GainNode, GainNode];
	/** By how much the sound of the active element comes later than the element says. */
	lagSeconds = 0;

	private constructor(context: AudioContext) {
		this.#context = context;
		this.#seam = new AudioWorkletNode(context, 'segue-seam', {
			numberOfInputs: 2,
			outputChannelCount: [2],
			// More channels than two are mixed down here, or the seam would lose them.
			channelCount: 2,
			channelCountMode: 'explicit'
		});
		this.#seam.port.onmessage = ({ data }: MessageEvent<{ lagSeconds: number }>) => {
			this.lagSeconds = data.lagSeconds;
		};
		this.#seam.connect(context.destination);
		const gain = (slot: Slot) => {
			const node = context.createGain();
			node.connect(this.#seam, 0, slot);
			return node;
		};
		this.#gains = [gain(0), gain(1)];
	}

	/**
	 * To be called from a click or a key, or the browser keeps it silent.
	 * @param onstatechange it was stopped by the system, or goes on
	 * @returns null where this browser had better play by itself
	 */
	static async open(worklet: string, onstatechange: () => void): Promise<Mixer | null> {
		if (!canMix()) return null;
		const context = new AudioContext({ latencyHint: 'playback' });
		try {
			await Promise.all([context.resume(), context.audioWorklet.addModule(worklet)]);
			const mixer = new Mixer(context);
			context.addEventListener('statechange', onstatechange);
			return mixer;
		} catch {
			void context.close().catch(() => {}); // it may never have begun
			return null; // without it everything plays, with a breath between two tracks
		}
	}

	get isRunning() {
		return this.#context.state === 'running';
	}

	/** From now on this element is heard through here alone, for as long as it lives. */
	lead(audio: HTMLAudioElement, slot: Slot) {
		this.#context.createMediaElementSource(audio).connect(this.#gains[slot]);
	}

	/** @param gain 1 changes nothing */
	level(slot: Slot, gain: number) {
		this.#gains[slot].gain.value = gain;
	}

	cut(to: Slot) {
		this.lagSeconds = 0;
		this.#tell({ kind: 'cut', to });
	}

	/** @param volume of the element that ends */
	arm(endsInSeconds: number, volume: number) {
		this.#tell({ kind: 'arm', endsInSeconds, floor: FLOOR * volume });
	}

	join() {
		this.#tell({ kind: 'join' });
	}

	/** @returns whether it runs */
	async resume(): Promise<boolean> {
		// Where it may not run the promise stays open; a closed one throws: both times it does not run, which is the answer.
		const resumed = this.#context.resume().catch(() => {});
		await Promise.race([resumed, new Promise((done) => setTimeout(done, RESUME_MS))]);
		return this.isRunning;
	}

	close() {
		void this.#context.close().catch(() => {}); // it was closed already
	}

	#tell(order: SeamOrder) {
		this.#seam.port.postMessage(order);
	}
}

/**
 * WebKit silences what is led through a context while the screen is locked, and lets no second element begin by
 * itself: there one element plays alone.
 */
export function canMix(): boolean {
	return typeof AudioWorkletNode !== 'undefined' && !('GestureEvent' in globalThis);
}
