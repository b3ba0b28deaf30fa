import { Seam, type Block, type SeamOrder } from './seam.ts';

/** What the audio thread has, of which TypeScript's libraries know nothing. */
declare const sampleRate: number;
declare const registerProcessor: (name: string, processor: unknown) => void;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}

const QUANTUM = 128;
const silent: Block = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];

/** A node without connections gives no channels, and one with a single channel is heard on both sides. */
function blockOf([left, right = left]: readonly Float32Array[] = []): Block {
	return left && right ? [left, right] : silent;
}

class SeamProcessor extends AudioWorkletProcessor {
	readonly #seam = new Seam(sampleRate);

	constructor() {
		super();
		this.port.onmessage = ({ data }: MessageEvent<SeamOrder>) => this.#seam.obey(data);
	}

	process([one, other]: Float32Array[][], [out]: Float32Array[][]) {
		const hasJoined = this.#seam.process(
			[blockOf(one), blockOf(other)],
			out as unknown as [Float32Array, Float32Array]
		);
		if (hasJoined) this.port.postMessage({ lagSeconds: this.#seam.lagSeconds });
		return true;
	}
}

registerProcessor('segue-seam', SeamProcessor);
