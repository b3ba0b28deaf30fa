import { strike, STANDS, type DrumName } from './drums.ts';
import { CONTROL_FRAMES, Filter } from './filter.ts';
import { play } from './instruments.ts';
import { master } from './mastering.ts';
import { Random } from './random.ts';
import { addEcho, addRoom } from './room.ts';
import type { Part, Score } from './score.ts';
import { fromDecibels, panned, silence, type Sound } from './sound.ts';
import { WaveTables } from './waves.ts';

/** A repeated note is played in so many ways, so that it does not sound like a machine's. */
const WAYS = 2;
/** How long a part that stepped back takes to return. */
const DUCK_SECONDS = 0.22;

/** Plays a score. The same score and rate give the same samples. @param rate of samples, in hertz */
export function perform(score: Score, rate: number): Sound {
	const frames = Math.ceil(score.seconds * rate);
	const mix = silence(frames);
	const toRoom = new Float32Array(frames);
	const toEcho = new Float32Array(frames);
	const waves = new WaveTables(rate);
	const kicks = score.drums.strokes
		.filter(({ drum }) => drum.endsWith('kick'))
		.map(({ at }) => Math.round(at * rate));
	const bus = silence(frames);
	for (const part of score.parts) {
		bus.left.fill(0);
		bus.right.fill(0);
		playPart(bus, part, { rate, waves });
		sweep(bus, part, rate);
		duck(bus, { depth: part.duck, kicks, rate });
		send(bus, { ...part, mix, toRoom, toEcho });
	}
	bus.left.fill(0);
	bus.right.fill(0);
	playDrums(bus, score, rate);
	send(bus, { ...score.drums, place: 0, echo: 0, mix, toRoom, toEcho });
	addEcho(mix, { dry: toEcho, rate, seconds: score.beatSeconds * 0.75 });
	addRoom(mix, { dry: toRoom, rate, seconds: score.roomSeconds });
	addHiss(mix, score.hissDecibels, rate);
	master(mix, rate);
	return mix;
}

function playPart(
	bus: Sound,
	{ instrument, notes }: Part,
	{ rate, waves }: { rate: number; waves: WaveTables }
) {
	const played = new Map<string, Sound>();
	for (const [index, { at, seconds, midi, velocity }] of notes.entries()) {
		const way = index % WAYS;
		const key = `${midi} ${seconds.toFixed(3)} ${way}`;
		let sound = played.get(key);
		if (!sound) {
			sound = play(instrument, { midi, seconds, rate, waves, random: new Random(key) });
			played.set(key, sound);
		}
		addTo(bus.left, sound.left, Math.round(at * rate), velocity);
		addTo(bus.right, sound.right, Math.round(at * rate), velocity);
	}
}

function playDrums(bus: Sound, { drums }: Score, rate: number) {
	const kits = new Map<DrumName, Float32Array>();
	for (const { at, drum, velocity } of drums.strokes) {
		const stroke = kits.get(drum) ?? strike(drum, rate, new Random('drum', drum));
		kits.set(drum, stroke);
		const side = panned(STANDS[drum]);
		const level = velocity * LEVELS[drum];
		addTo(bus.left, stroke, Math.round(at * rate), level * side.left);
		addTo(bus.right, stroke, Math.round(at * rate), level * side.right);
	}
}

/** What makes them sit with each other at the same velocity. */
const LEVELS: Record<DrumName, number> = {
	kick: 0.95,
	'soft kick': 0.85,
	snare: 0.5,
	brush: 0.3,
	clap: 0.4,
	rim: 0.35,
	hat: 0.16,
	'open hat': 0.15,
	shaker: 0.14,
	tom: 0.6,
	dum: 0.75,
	tek: 0.4,
	crash: 0.2
};

function addTo(bus: Float32Array, samples: Float32Array, start: number, level: number) {
	const end = Math.min(samples.length, bus.length - start);
	for (let at = 0; at < end; at++) {
		bus[start + at] = (bus[start + at] ?? 0) + level * (samples[at] ?? 0);
	}
}

/** The part's own filter, which opens and closes with the sections. */
function sweep(bus: Sound, { cutoff }: Part, rate: number) {
	const filters = [new Filter(rate), new Filter(rate)] as const;
	let next = 0;
	for (let at = 0; at < bus.left.length; at += CONTROL_FRAMES) {
		const time = at / rate;
		while ((cutoff[next]?.at ?? Infinity) <= time) next += 1;
		const from = cutoff[next - 1] ?? cutoff[0];
		const to = cutoff[next] ?? from;
		if (!from || !to) return;
		const part = to.at > from.at ? (time - from.at) / (to.at - from.at) : 0;
		const hertz = from.hertz * (to.hertz / from.hertz) ** Math.min(1, Math.max(0, part));
		const end = Math.min(bus.left.length, at + CONTROL_FRAMES);
		for (const filter of filters) filter.tune(hertz);
		filters[0].low(bus.left, at, end);
		filters[1].low(bus.right, at, end);
	}
}

function duck(
	{ left, right }: Sound,
	{ depth, kicks, rate }: { depth: number; kicks: readonly number[]; rate: number }
) {
	if (depth === 0) return;
	const frames = Math.round(DUCK_SECONDS * rate);
	for (const [index, kick] of kicks.entries()) {
		const end = Math.min(left.length, kick + frames, kicks[index + 1] ?? Infinity);
		for (let at = kick; at < end; at++) {
			const gain = 1 - depth * (1 - (at - kick) / frames) ** 2;
			left[at] = (left[at] ?? 0) * gain;
			right[at] = (right[at] ?? 0) * gain;
		}
	}
}

interface Send {
	decibels: number;
	place: number;
	reverb: number;
	echo: number;
	mix: Sound;
	toRoom: Float32Array;
	toEcho: Float32Array;
}

function send(
	{ left, right }: Sound,
	{ decibels, place, reverb, echo, mix, toRoom, toEcho }: Send
) {
	const gain = fromDecibels(decibels);
	const side = panned(place);
	for (let at = 0; at < left.length; at++) {
		const a = (left[at] ?? 0) * gain * side.left;
		const b = (right[at] ?? 0) * gain * side.right;
		mix.left[at] = (mix.left[at] ?? 0) + a;
		mix.right[at] = (mix.right[at] ?? 0) + b;
		toRoom[at] = (toRoom[at] ?? 0) + ((a + b) / 2) * reverb;
	}
	if (echo === 0) return;
	const half = (gain * echo) / 2;
	for (let at = 0; at < left.length; at++) {
		const both = (left[at] ?? 0) * side.left + (right[at] ?? 0) * side.right;
		toEcho[at] = (toEcho[at] ?? 0) + both * half;
	}
}

function addHiss({ left, right }: Sound, decibels: number, rate: number) {
	if (decibels === -Infinity) return;
	const random = new Random('hiss');
	const level = fromDecibels(decibels);
	for (const side of [left, right]) {
		let smooth = 0;
		for (let at = 0; at < side.length; at++) {
			smooth += 0.4 * (random.between(-1, 1) - smooth);
			// A grain of dust now and then.
			const crackle = random.chance(2.5 / rate) ? random.between(-12, 12) : 0;
			side[at] = (side[at] ?? 0) + level * (smooth + crackle);
		}
	}
}
