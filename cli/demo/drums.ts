import { Filter } from './filter.ts';
import type { Random } from './random.ts';

export const DRUMS = [
	'kick',
	'soft kick',
	'snare',
	'brush',
	'clap',
	'rim',
	'hat',
	'open hat',
	'shaker',
	'tom',
	'dum',
	'tek',
	'crash'
] as const;
export type DrumName = (typeof DRUMS)[number];

/** Where it stands, from −1 (left) to 1 (right). */
export const STANDS: Record<DrumName, number> = {
	kick: 0,
	'soft kick': 0,
	snare: 0.05,
	brush: -0.1,
	clap: 0.1,
	rim: -0.35,
	hat: 0.3,
	'open hat': 0.3,
	shaker: -0.4,
	tom: 0.25,
	dum: -0.1,
	tek: 0.3,
	crash: -0.3
};

/** One stroke, in mono. */
export function strike(name: DrumName, rate: number, random: Random): Float32Array {
	switch (name) {
		case 'kick':
			return membrane(rate, { from: 170, to: 47, bend: 0.035, ring: 0.3, click: 0.35, random });
		case 'soft kick':
			return membrane(rate, { from: 110, to: 50, bend: 0.04, ring: 0.22, click: 0.05, random });
		case 'tom':
			return membrane(rate, { from: 180, to: 95, bend: 0.07, ring: 0.3, click: 0.1, random });
		case 'dum':
			return membrane(rate, { from: 120, to: 76, bend: 0.05, ring: 0.32, click: 0.12, random });
		case 'tek':
			return mixed(
				noise(rate, { ring: 0.045, low: 1400, high: 7000, random }),
				membrane(rate, { from: 420, to: 360, bend: 0.02, ring: 0.06, click: 0, random }),
				0.5
			);
		case 'snare':
			return mixed(
				noise(rate, { ring: 0.16, low: 900, high: 9000, random }),
				membrane(rate, { from: 260, to: 185, bend: 0.02, ring: 0.11, click: 0.1, random }),
				0.7
			);
		case 'brush':
			return noise(rate, { ring: 0.13, low: 1500, high: 6000, random, swell: 0.02 });
		case 'clap': {
			const clap = new Float32Array(Math.ceil(0.3 * rate));
			for (const [at, level] of [
				[0, 0.6],
				[0.011, 0.7],
				[0.023, 1]
			] as const) {
				const ring = level === 1 ? 0.12 : 0.01;
				add(clap, noise(rate, { ring, low: 1000, high: 5000, random }), at * rate, level);
			}
			return clap;
		}
		case 'rim':
			return mixed(
				noise(rate, { ring: 0.012, low: 2500, high: 9000, random }),
				membrane(rate, { from: 900, to: 820, bend: 0.01, ring: 0.035, click: 0, random }),
				0.8
			);
		case 'hat':
			return noise(rate, { ring: 0.04, low: 7500, high: 16000, random });
		case 'open hat':
			return noise(rate, { ring: 0.22, low: 6500, high: 15000, random });
		case 'shaker':
			return noise(rate, { ring: 0.05, low: 5000, high: 12000, random, swell: 0.018 });
		case 'crash':
			return noise(rate, { ring: 1.1, low: 3500, high: 14000, random, swell: 0.004 });
	}
}

interface Membrane {
	/** Hertz at the stroke and when it has settled. */
	from: number;
	to: number;
	/** Seconds in which the pitch falls. */
	bend: number;
	/** Seconds until it is down to a tenth. */
	ring: number;
	click: number;
	random: Random;
}

function membrane(rate: number, { from, to, bend, ring, click, random }: Membrane): Float32Array {
	const samples = new Float32Array(Math.ceil(ring * 2.2 * rate));
	let phase = 0;
	for (let at = 0; at < samples.length; at++) {
		const time = at / rate;
		phase += (to + (from - to) * Math.exp(-time / bend)) / rate;
		const body = Math.sin(2 * Math.PI * phase) * Math.exp((-2.3 * time) / ring);
		const knock = click * random.between(-1, 1) * Math.exp(-time / 0.003);
		samples[at] = (body + knock) * Math.min(1, at / (0.001 * rate));
	}
	return faded(samples);
}

interface Noise {
	ring: number;
	/** The band in hertz. */
	low: number;
	high: number;
	random: Random;
	/** Seconds until it is loudest. */
	swell?: number;
}

function noise(rate: number, { ring, low, high, random, swell = 0.0005 }: Noise): Float32Array {
	const samples = Float32Array.from({ length: Math.ceil((swell + ring * 3) * rate) }, () =>
		random.between(-1, 1)
	);
	for (let pass = 0; pass < 2; pass++) {
		const [above, below] = [new Filter(rate), new Filter(rate)];
		above.tune(low);
		above.high(samples);
		below.tune(high);
		below.low(samples);
	}
	for (let at = 0; at < samples.length; at++) {
		const time = at / rate;
		const level = time < swell ? time / swell : Math.exp((-2.3 * (time - swell)) / ring);
		samples[at] = (samples[at] ?? 0) * level;
	}
	return faded(levelled(samples));
}

function mixed(a: Float32Array, b: Float32Array, ofB: number): Float32Array {
	const sum = new Float32Array(Math.max(a.length, b.length));
	add(sum, a, 0, 0.7);
	add(sum, b, 0, ofB);
	return sum;
}

function add(to: Float32Array, from: Float32Array, at: number, level: number) {
	const start = Math.round(at);
	for (let index = 0; index < from.length && start + index < to.length; index++) {
		to[start + index] = (to[start + index] ?? 0) + level * (from[index] ?? 0);
	}
}

function levelled(samples: Float32Array): Float32Array {
	const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
	return samples.map((value) => value / loudest);
}

function faded(samples: Float32Array): Float32Array {
	const tail = Math.floor(samples.length / 4);
	return samples.map((value, at) => value * Math.min(1, (samples.length - at) / tail));
}
