import type { Page } from 'playwright-core';

/** How a tone came out of the speakers. */
export interface Heard {
	/** Of the context. */
	hertz: number;
	/** From the first sound to the last. */
	seconds: number;
	/** Where the tone was not what it should have been: one wave or more was longer, shorter or missing. */
	flaws: { atSeconds: number; samples: number }[];
}

/** A third of a second: a page that is busy meanwhile misses nothing. */
const BLOCK = 16_384;

/** Listens at the end of every audio context of this page; to be called before it is opened. */
export async function record(page: Page) {
	await page.addInitScript((size) => {
		const ears = ((window as unknown as { ears: unknown }).ears = {
			hertz: 0,
			blocks: [] as { frame: number; left: Float32Array }[]
		});
		const connect = AudioNode.prototype.connect as (...to: unknown[]) => unknown;
		AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
			if (to[0] === this.context.destination) {
				const context = this.context as AudioContext;
				// Deprecated, and the one way to hear that needs no script from elsewhere, which our pages refuse.
				const ear = context.createScriptProcessor(size, 2, 1);
				ears.hertz = context.sampleRate;
				ear.onaudioprocess = ({ inputBuffer, playbackTime }) => {
					const told = Math.round(playbackTime * context.sampleRate);
					const follows = (ears.blocks.at(-1)?.frame ?? -Infinity) + size;
					// The time is told some samples off where the machine is busy; what is lost is lost in whole blocks.
					const frame = Math.abs(told - follows) < size / 2 ? follows : told;
					ears.blocks.push({ frame, left: inputBuffer.getChannelData(0).slice() });
				};
				connect.call(this, ear);
				connect.call(ear, context.destination);
				(window as unknown as { kept: unknown }).kept = ear;
			}
			return connect.apply(this, to);
		} as typeof AudioNode.prototype.connect;
	}, BLOCK);
}

/** @param tone in Hz; each of its waves is compared with the one before. */
export async function listenIn(page: Page, tone: number): Promise<Heard> {
	return page.evaluate((frequency) => {
		const { hertz, blocks } = (
			window as unknown as {
				ears: { hertz: number; blocks: { frame: number; left: Float32Array }[] };
			}
		).ears;
		const first = blocks[0]?.frame ?? 0;
		const last = blocks.at(-1);
		const samples = new Float32Array((last?.frame ?? 0) - first + (last?.left.length ?? 0));
		for (const { frame, left } of blocks) samples.set(left, frame - first);
		const begin = samples.findIndex((sample) => sample !== 0);
		const end = samples.findLastIndex((sample) => sample !== 0);
		const wave = Math.round(hertz / frequency);
		const flaws: { atSeconds: number; samples: number }[] = [];
		const phaseAt = (at: number) => {
			let [sine, cosine] = [0, 0];
			for (let n = at; n < at + wave; n += 1) {
				const angle = (2 * Math.PI * frequency * n) / hertz;
				sine += (samples[n] ?? 0) * Math.sin(angle);
				cosine += (samples[n] ?? 0) * Math.cos(angle);
			}
			return Math.atan2(cosine, sine);
		};
		let before = phaseAt(begin + wave);
		for (let at = begin + 2 * wave; at + wave < end; at += wave) {
			const phase = phaseAt(at);
			const turn = Math.atan2(Math.sin(phase - before), Math.cos(phase - before));
			const off = (Math.abs(turn) / (2 * Math.PI)) * wave;
			if (off > 0.5) flaws.push({ atSeconds: (at - begin) / hertz, samples: off });
			before = phase;
		}
		return { hertz, seconds: (end - begin) / hertz, flaws };
	}, tone);
}
