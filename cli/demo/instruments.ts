import { CONTROL_FRAMES, Filter } from './filter.ts';
import type { Random } from './random.ts';
import { hertzOf, panned, silence, type Sound } from './sound.ts';
import { TABLE_SIZE, type Wave, type WaveTables } from './waves.ts';

/** Seconds, and the level that is held. */
interface Envelope {
	attack: number;
	decay: number;
	sustain: number;
	release: number;
}

/** Oscillators a little apart, through a filter that closes. */
interface Analog extends Envelope {
	kind: 'analog';
	wave: Wave;
	voices: number;
	/** From the lowest voice to the highest. */
	detuneCents: number;
	/** 0 is mono, 1 goes from ear to ear. */
	width: number;
	cutoffHertz: number;
	/** How far the filter is open at first, beyond the cutoff. */
	sweepOctaves: number;
	sweepSeconds: number;
	resonance: number;
	vibratoCents: number;
	/** A sine an octave below. */
	sub: number;
}

/** One sine that bends another: bells and electric pianos. */
interface Bell extends Envelope {
	kind: 'bell';
	ratio: number;
	depth: number;
	/** Seconds until the brightness is down to a third. */
	fade: number;
	tremolo: number;
}

/** A string that is plucked (Karplus and Strong). */
interface Pluck {
	kind: 'pluck';
	/** 0 to 1: a finger to a plectrum. */
	brightness: number;
	/** Seconds until it is down by 60 dB, at middle C. */
	ring: number;
	/** Strings to a note, as on an oud or a mandolin. */
	courses: number;
	release: number;
}

type Recipe = Analog | Bell | Pluck;

const ANALOG: Analog = {
	kind: 'analog',
	wave: 'saw',
	voices: 1,
	detuneCents: 0,
	width: 0,
	attack: 0.005,
	decay: 0.3,
	sustain: 0.6,
	release: 0.15,
	cutoffHertz: 2000,
	sweepOctaves: 0,
	sweepSeconds: 0.2,
	resonance: 0.8,
	vibratoCents: 0,
	sub: 0
};

const RECIPES = {
	'warm pad': {
		...ANALOG,
		...{ voices: 4, detuneCents: 22, width: 1, cutoffHertz: 900, sweepOctaves: 0.8 },
		...{ attack: 0.7, decay: 1.5, sustain: 0.8, release: 1.4, sweepSeconds: 1.5 }
	},
	'glass pad': {
		...ANALOG,
		...{ wave: 'triangle', voices: 4, detuneCents: 14, width: 1, cutoffHertz: 3200 },
		...{ attack: 1.1, decay: 2, sustain: 0.85, release: 2.2 }
	},
	strings: {
		...ANALOG,
		...{ voices: 5, detuneCents: 16, width: 0.9, cutoffHertz: 1900, vibratoCents: 9 },
		...{ attack: 0.28, decay: 1, sustain: 0.85, release: 0.6 }
	},
	stab: {
		...ANALOG,
		...{ voices: 3, detuneCents: 18, width: 0.8, cutoffHertz: 700, sweepOctaves: 2.2 },
		...{ attack: 0.003, decay: 0.22, sustain: 0.15, release: 0.16, sweepSeconds: 0.12 }
	},
	'saw arp': {
		...ANALOG,
		...{ voices: 2, detuneCents: 11, width: 0.6, cutoffHertz: 1100, sweepOctaves: 1.9 },
		...{
			attack: 0.002,
			decay: 0.16,
			sustain: 0.2,
			release: 0.12,
			sweepSeconds: 0.09,
			resonance: 1.6
		}
	},
	'square arp': {
		...ANALOG,
		...{ wave: 'square', voices: 2, detuneCents: 8, width: 0.5, cutoffHertz: 1300 },
		...{
			attack: 0.002,
			decay: 0.12,
			sustain: 0.1,
			release: 0.1,
			sweepOctaves: 1.4,
			sweepSeconds: 0.06
		}
	},
	'soft lead': {
		...ANALOG,
		...{ wave: 'triangle', voices: 2, detuneCents: 7, width: 0.35, cutoffHertz: 3400 },
		...{ attack: 0.03, decay: 0.5, sustain: 0.7, release: 0.28, vibratoCents: 13 }
	},
	'bright lead': {
		...ANALOG,
		...{ voices: 3, detuneCents: 15, width: 0.5, cutoffHertz: 2300, sweepOctaves: 1 },
		...{ attack: 0.015, decay: 0.6, sustain: 0.6, release: 0.3, vibratoCents: 12 }
	},
	reed: {
		...ANALOG,
		...{ wave: 'square', voices: 2, detuneCents: 5, width: 0.2, cutoffHertz: 1700 },
		...{ attack: 0.05, decay: 0.4, sustain: 0.8, release: 0.18, vibratoCents: 18, resonance: 1.4 }
	},
	'round bass': {
		...ANALOG,
		...{ wave: 'triangle', cutoffHertz: 520, sweepOctaves: 0.8, sub: 0.35 },
		...{ attack: 0.006, decay: 0.5, sustain: 0.55, release: 0.1 }
	},
	'saw bass': {
		...ANALOG,
		...{ voices: 2, detuneCents: 9, width: 0.15, cutoffHertz: 260, sweepOctaves: 2.1, sub: 0.5 },
		...{
			attack: 0.003,
			decay: 0.22,
			sustain: 0.5,
			release: 0.07,
			sweepSeconds: 0.13,
			resonance: 1.3
		}
	},
	'deep bass': {
		...ANALOG,
		...{ wave: 'sine', cutoffHertz: 900, sub: 0.3 },
		...{ attack: 0.012, decay: 0.8, sustain: 0.7, release: 0.14 }
	},
	'electric piano': {
		kind: 'bell',
		...{ ratio: 1, depth: 1.5, fade: 0.5, tremolo: 0.16 },
		...{ attack: 0.003, decay: 1.6, sustain: 0.12, release: 0.3 }
	},
	bells: {
		kind: 'bell',
		...{ ratio: 3.5, depth: 1.3, fade: 0.7, tremolo: 0 },
		...{ attack: 0.002, decay: 1.5, sustain: 0, release: 1.4 }
	},
	marimba: {
		kind: 'bell',
		...{ ratio: 4, depth: 0.8, fade: 0.05, tremolo: 0 },
		...{ attack: 0.002, decay: 0.5, sustain: 0, release: 0.3 }
	},
	guitar: { kind: 'pluck', brightness: 0.45, ring: 2.6, courses: 1, release: 0.25 },
	'muted guitar': { kind: 'pluck', brightness: 0.6, ring: 0.7, courses: 2, release: 0.08 },
	harp: { kind: 'pluck', brightness: 0.3, ring: 3.2, courses: 1, release: 0.8 },
	koto: { kind: 'pluck', brightness: 0.8, ring: 2.4, courses: 1, release: 0.7 },
	oud: { kind: 'pluck', brightness: 0.38, ring: 1.3, courses: 2, release: 0.2 },
	bouzouki: { kind: 'pluck', brightness: 0.85, ring: 1.5, courses: 2, release: 0.15 }
} as const satisfies Record<string, Recipe>;

export type InstrumentName = keyof typeof RECIPES;

interface Tone {
	midi: number;
	/** How long the key is held. */
	seconds: number;
	rate: number;
	waves: WaveTables;
	random: Random;
}

/** One note with its release, at about half of full scale. */
export function play(name: InstrumentName, tone: Tone): Sound {
	const recipe: Recipe = RECIPES[name];
	switch (recipe.kind) {
		case 'analog':
			return playAnalog(recipe, tone);
		case 'bell':
			return playBell(recipe, tone);
		case 'pluck':
			return playPluck(recipe, tone);
	}
}

function playAnalog(recipe: Analog, { midi, seconds, rate, waves, random }: Tone): Sound {
	const sound = silence(Math.ceil((seconds + recipe.release) * rate));
	const frames = sound.left.length;
	const { voices, detuneCents, width, vibratoCents } = recipe;
	for (let voice = 0; voice < voices; voice++) {
		const place = voices === 1 ? 0 : (voice / (voices - 1)) * 2 - 1;
		const cents = (place * detuneCents) / 2;
		const hertz = hertzOf(midi + cents / 100);
		// Neighbours in pitch sit on opposite sides.
		const side = panned((voice % 2 === 0 ? 1 : -1) * width * (0.4 + 0.6 * Math.abs(place)));
		const level = 0.5 / Math.sqrt(voices);
		const wobble = random.between(4.6, 5.8);
		addWave(sound, waves.of(recipe.wave, hertz), {
			...{ hertz, rate, phase: random.next() },
			left: level * side.left,
			right: level * side.right,
			bend: (time) =>
				vibratoCents === 0
					? 1
					: 1 +
						Math.min(1, time / 0.4) *
							Math.sin(2 * Math.PI * wobble * time) *
							(vibratoCents / 1200) *
							Math.LN2
		});
	}
	if (recipe.sub > 0) {
		const hertz = hertzOf(midi - 12);
		const level = 0.5 * recipe.sub;
		const flat = { left: level, right: level, bend: () => 1 };
		addWave(sound, waves.of('sine', hertz), { hertz, rate, phase: 0, ...flat });
	}
	const filters = [new Filter(rate), new Filter(rate)] as const;
	// High keys are brighter, by half as much as they are higher.
	const base = recipe.cutoffHertz * 2 ** ((midi - 60) / 24);
	for (let at = 0; at < frames; at += CONTROL_FRAMES) {
		const open = recipe.sweepOctaves * Math.exp(-at / rate / recipe.sweepSeconds);
		const end = Math.min(frames, at + CONTROL_FRAMES);
		for (const filter of filters) filter.tune(base * 2 ** open, recipe.resonance);
		filters[0].low(sound.left, at, end);
		filters[1].low(sound.right, at, end);
	}
	shape(sound, recipe, { seconds, rate });
	return sound;
}

interface Oscillation {
	hertz: number;
	rate: number;
	/** 0 to 1. */
	phase: number;
	left: number;
	right: number;
	/** Factor for the pitch by the time in seconds. */
	bend: (time: number) => number;
}

function addWave(
	{ left, right }: Sound,
	table: Float32Array,
	{ hertz, rate, phase, left: toLeft, right: toRight, bend }: Oscillation
) {
	let place = phase * TABLE_SIZE;
	const step = (hertz / rate) * TABLE_SIZE;
	for (let from = 0; from < left.length; from += CONTROL_FRAMES) {
		const end = Math.min(left.length, from + CONTROL_FRAMES);
		const bent = step * bend(from / rate);
		for (let at = from; at < end; at++) {
			const whole = place | 0;
			const here = table[whole] ?? 0;
			const value = here + (place - whole) * ((table[whole + 1] ?? 0) - here);
			left[at] = (left[at] ?? 0) + value * toLeft;
			right[at] = (right[at] ?? 0) + value * toRight;
			place += bent;
			if (place >= TABLE_SIZE) place -= TABLE_SIZE;
		}
	}
}

function playBell(recipe: Bell, { midi, seconds, rate, waves }: Tone): Sound {
	const sound = silence(Math.ceil((seconds + recipe.release) * rate));
	const { left, right } = sound;
	const sine = waves.of('sine', 20);
	const step = hertzOf(midi) / rate;
	// The ears hear it a little apart, which makes it wide.
	const [stepLeft, stepRight] = [step * 0.9994, step * 1.0006];
	const stepBent = step * recipe.ratio;
	// Low notes carry more partials than high ones, as strings and bars do.
	const depth = recipe.depth * 2 ** ((60 - midi) / 36);
	let [a, b, bent] = [0, 0, 0];
	const fading = Math.exp(-1 / (recipe.fade * rate));
	let bright = depth / (2 * Math.PI);
	for (let at = 0; at < left.length; at++) {
		const bend = bright * lookUp(sine, bent);
		left[at] = 0.5 * lookUp(sine, a + bend);
		right[at] = 0.5 * lookUp(sine, b + bend);
		a += stepLeft;
		b += stepRight;
		bent += stepBent;
		bright *= fading;
	}
	if (recipe.tremolo > 0) {
		for (let at = 0; at < left.length; at++) {
			const sway = recipe.tremolo * lookUp(sine, (4.2 * at) / rate);
			left[at] = (left[at] ?? 0) * (1 + sway);
			right[at] = (right[at] ?? 0) * (1 - sway);
		}
	}
	shape(sound, recipe, { seconds, rate });
	return sound;
}

/** @param phase in periods; may be negative */
function lookUp(table: Float32Array, phase: number): number {
	const place = (phase - Math.floor(phase)) * TABLE_SIZE;
	const whole = place | 0;
	const here = table[whole] ?? 0;
	return here + (place - whole) * ((table[whole + 1] ?? 0) - here);
}

function playPluck(recipe: Pluck, { midi, seconds, rate, random }: Tone): Sound {
	const sound = silence(Math.ceil((seconds + recipe.release) * rate));
	for (let course = 0; course < recipe.courses; course++) {
		const place = recipe.courses === 1 ? random.between(-0.2, 0.2) : course * 0.7 - 0.35;
		const side = panned(place);
		const hertz = hertzOf(midi + course * 0.06);
		addString(sound, recipe, {
			...{ hertz, rate, random },
			left: (0.7 * side.left) / recipe.courses,
			right: (0.7 * side.right) / recipe.courses
		});
	}
	const held = { attack: 0.001, decay: 1, sustain: 1, release: recipe.release };
	shape(sound, held, { seconds, rate });
	return sound;
}

function addString(
	sound: Sound,
	{ brightness, ring }: Pluck,
	at: { hertz: number; rate: number; random: Random; left: number; right: number }
) {
	const { hertz, rate, random } = at;
	// The loop's own averaging delays by half a sample.
	const length = rate / hertz - 0.5;
	const size = Math.max(2, Math.floor(length));
	const part = length - size;
	const line = new Float32Array(size);
	let smooth = 0;
	for (let index = 0; index < size; index++) {
		smooth += (0.15 + 0.85 * brightness) * (random.between(-1, 1) - smooth);
		line[index] = smooth;
	}
	// Plucked an eighth from the bridge: every eighth partial is missing.
	const comb = Math.max(1, Math.round(size / 8));
	const plucked = line.map((value, index) => value - (line[(index + size - comb) % size] ?? 0));
	const loudest = plucked.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
	const seconds = ring * (262 / hertz) ** 0.5;
	const loss = 10 ** (-3 / (seconds * hertz));
	const mix = 0.5 - 0.32 * brightness;
	let [place, before, last] = [0, 0, 0];
	for (let frame = 0; frame < sound.left.length; frame++) {
		const value = plucked[place] ?? 0;
		const averaged = loss * ((1 - mix) * value + mix * before);
		before = value;
		// Linear interpolation between two turns stands for the part of a sample.
		plucked[place] = averaged * (1 - part) + last * part;
		last = averaged;
		place = place + 1 === size ? 0 : place + 1;
		const level = value / loudest;
		sound.left[frame] = (sound.left[frame] ?? 0) + level * at.left;
		sound.right[frame] = (sound.right[frame] ?? 0) + level * at.right;
	}
}

/** Attack in a line, the rest in curves; at its end the sound is nothing. */
function shape(
	{ left, right }: Sound,
	{ attack, decay, sustain, release }: Envelope,
	{ seconds, rate }: { seconds: number; rate: number }
) {
	const held = Math.floor(seconds * rate);
	const rising = Math.max(1, Math.floor(attack * rate));
	const falling = Math.exp(-3 / (Math.max(decay, 0.01) * rate));
	const ending = Math.exp(-4 / (Math.max(release, 0.01) * rate));
	const fade = Math.max(1, left.length - held);
	let level = 0;
	for (let at = 0; at < left.length; at++) {
		if (at >= held) level *= ending;
		else if (at < rising) level = (at + 1) / rising;
		else level = sustain + (level - sustain) * falling;
		const rest = at < held ? 1 : Math.min(1, (2 * (left.length - at)) / fade);
		left[at] = (left[at] ?? 0) * level * rest;
		right[at] = (right[at] ?? 0) * level * rest;
	}
}
