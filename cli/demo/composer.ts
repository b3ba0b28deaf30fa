import type { InstrumentName } from './instruments.ts';
import { Random } from './random.ts';
import type { Note, Part, Score, Stroke } from './score.ts';
import {
	semitonesOf,
	STYLES,
	type Groove,
	type Rhythm,
	type Style,
	type StyleName
} from './style.ts';

/** A phrase; sections are whole numbers of them. */
const PHRASE_BARS = 4;
/** What rings on after the last bar. */
const TAIL_SECONDS = 4;
const HUMAN_SECONDS = 0.006;
/** MIDI numbers of the lowest root, and of where chords, basses and melodies lie. */
const LOWEST_ROOT = 45;
const CHORD_CENTRE = 60;
const BASS_FLOOR = 33;

type SectionKind = 'intro' | 'verse' | 'lift' | 'break' | 'end';

interface Section {
	kind: SectionKind;
	bar: number;
	bars: number;
}

export interface Commission {
	style: StyleName;
	/** What makes it this piece and no other. */
	seed: string;
	/** About how long; whole phrases are played. */
	seconds: number;
}

/** Writes a piece with a beginning, verses, lifts, a break and an end. The same commission gives the same score. */
export function compose({ style: name, seed, seconds }: Commission): Score {
	return new Composer(STYLES[name], new Random('compose', name, seed)).write(seconds);
}

class Composer {
	readonly #style: Style;
	readonly #random: Random;
	readonly #scale: readonly number[];
	readonly #root: number;
	readonly #stepSeconds: number;
	readonly #turns: { calm: readonly number[]; full: readonly number[] };

	constructor(style: Style, random: Random) {
		this.#style = style;
		this.#random = random;
		this.#scale = semitonesOf(random.pick(style.scales));
		this.#root = LOWEST_ROOT + random.whole(0, 11);
		const [slowest, quickest] = style.beatsPerMinute;
		this.#stepSeconds = 15 / Math.round(random.between(slowest, quickest));
		const [calm = [0], full = calm] = random.shuffled(style.progressions);
		this.#turns = { calm, full };
	}

	write(seconds: number): Score {
		const style = this.#style;
		const sections = this.#form(seconds);
		const bars = sections.reduce((sum, section) => sum + section.bars, 0);
		const { arp, lead, bass, chords } = style;
		const parts = [
			this.#part(style.pad, sections, { ...PAD, notes: this.#pad(sections) }),
			this.#part(bass.instruments, sections, { ...BASS, notes: this.#bass(sections) }),
			this.#part(arp.instruments, sections, { ...ARP, notes: this.#arp(sections) }),
			this.#part(lead.instruments, sections, { ...LEAD, notes: this.#lead(sections) })
		];
		if (chords) {
			const notes = this.#chords(sections, this.#random.pick(chords.rhythms));
			parts.push(this.#part(chords.instruments, sections, { ...CHORDS, echo: chords.echo, notes }));
		}
		return {
			seconds: bars * this.#barSeconds + TAIL_SECONDS,
			beatSeconds: this.#stepSeconds * 4,
			parts,
			drums: { decibels: -7, reverb: 0.08, strokes: this.#drums(sections) },
			roomSeconds: style.roomSeconds,
			hissDecibels: style.hissDecibels
		};
	}

	get #barSeconds() {
		return this.#style.steps * this.#stepSeconds;
	}

	/** As many phrases as come nearest to the seconds, at least an intro, a verse, a lift and an end. */
	#form(seconds: number): Section[] {
		const wanted = Math.round((seconds - TAIL_SECONDS) / (PHRASE_BARS * this.#barSeconds));
		const middle: SectionKind[] = [];
		const turn: SectionKind[] = ['verse', 'lift', 'break', 'lift'];
		if (wanted >= 8) turn.splice(0, 1, 'verse', 'verse');
		if (wanted >= 10) turn.splice(3, 0, 'lift');
		while (middle.length < Math.max(2, wanted - 2)) middle.push(...turn);
		middle.length = Math.max(2, wanted - 2);
		// Before the end comes what is fullest.
		if (middle.at(-1) !== 'lift') middle[middle.length - 1] = 'lift';
		const kinds: SectionKind[] = ['intro', ...middle, 'end'];
		return kinds.map((kind, at) => ({ kind, bar: at * PHRASE_BARS, bars: PHRASE_BARS }));
	}

	#part(
		instruments: readonly InstrumentName[],
		sections: readonly Section[],
		{ opens, ...mix }: Seat & { notes: Note[] }
	): Part {
		const cutoff = sections.flatMap(({ kind, bar, bars }) => {
			const [from, to] = opens[kind];
			const start = bar * this.#barSeconds;
			return [
				{ at: start, hertz: from },
				{ at: start + bars * this.#barSeconds * 0.98, hertz: to }
			];
		});
		const duck = mix.duck * this.#style.duck;
		return { instrument: this.#random.pick(instruments), ...mix, duck, cutoff };
	}

	#pad(sections: readonly Section[]): Note[] {
		const notes: Note[] = [];
		let before: number[] = [];
		for (const section of sections) {
			const { barsPerChord } = this.#style;
			for (let bar = 0; bar < section.bars; bar += barsPerChord) {
				const isLast = section.kind === 'end' && bar + barsPerChord >= section.bars;
				const chord = this.#voiced(isLast ? 0 : this.#degree(section, bar), before);
				before = chord;
				for (const midi of chord) {
					const at = (section.bar + bar) * this.#barSeconds;
					const seconds = barsPerChord * this.#barSeconds * (isLast ? 1.2 : 0.98);
					notes.push({ at, seconds, midi, velocity: section.kind === 'lift' ? 0.9 : 0.75 });
				}
			}
		}
		return notes;
	}

	#chords(sections: readonly Section[], rhythm: Rhythm): Note[] {
		const notes: Note[] = [];
		let before: number[] = [];
		this.#eachBar(sections, ['verse', 'lift', 'end'], (section, bar) => {
			if (section.kind === 'end' && bar === section.bars - 1) return;
			const chord = this.#voiced(this.#degree(section, bar), before);
			before = chord;
			const hits = this.#hits(rhythm);
			for (const [index, { step, velocity }] of hits.entries()) {
				const until = hits[index + 1]?.step ?? this.#style.steps;
				for (const [string, midi] of chord.entries()) {
					notes.push({
						// A hand does not reach all keys at once.
						at: this.#time(section, bar, step) + string * 0.011,
						seconds: Math.min(until - step, 6) * this.#stepSeconds * 0.9,
						midi,
						velocity: velocity * this.#random.between(0.75, 0.9)
					});
				}
			}
		});
		return notes;
	}

	#bass(sections: readonly Section[]): Note[] {
		const notes: Note[] = [];
		const { steps, bass } = this.#style;
		const pulse = this.#mask(0.3);
		const dub = this.#random.pick([
			[0, 3, 6, 10],
			[0, 6, 8, 11],
			[0, 2, 8, 10, 14]
		]);
		this.#eachBar(sections, ['verse', 'lift', 'break', 'end'], (section, bar) => {
			const degree = this.#degree(section, bar);
			const isLast = section.kind === 'end' && bar >= section.bars - 2;
			const isCalm = isLast || section.kind === 'break';
			const line = isCalm ? 'held' : bass.line;
			const starts = {
				held: [0],
				eighths: range(0, steps, 2),
				offbeat: range(2, steps, 4),
				dub: dub.filter((step) => step < steps),
				pulse: [...new Set([0, ...pulse])]
			}[line];
			if (isLast && bar === section.bars - 1 && line === 'held' && degree !== 0) starts.length = 1;
			for (const [index, step] of starts.entries()) {
				const next = starts[index + 1] ?? steps;
				// Mostly the foot of the chord; the fifth, the octave or a step to the next chord between.
				const above =
					index === 0 || line === 'eighths'
						? line === 'eighths' && index === starts.length - 1 && this.#random.chance(0.4)
							? 12
							: 0
						: this.#random.pick([0, 0, 7, 12]);
				const foot = this.#pitch(isLast && bar === section.bars - 1 ? 0 : degree);
				notes.push({
					at: this.#time(section, bar, step),
					seconds: (next - step) * this.#stepSeconds * (line === 'held' ? 0.95 : 0.8),
					midi: lifted(foot, BASS_FLOOR) + above,
					velocity: index === 0 ? 0.95 : this.#random.between(0.7, 0.88)
				});
			}
		});
		return notes;
	}

	#arp(sections: readonly Section[]): Note[] {
		const notes: Note[] = [];
		const { arp, steps } = this.#style;
		const masks = [this.#mask(arp.density), this.#mask(arp.density * 0.85)];
		const order = this.#order(arp.line);
		this.#eachBar(sections, ['intro', 'verse', 'lift', 'break', 'end'], (section, bar) => {
			if (section.kind === 'end' && bar === section.bars - 1) return;
			const tones = this.#tones(this.#degree(section, bar), CHORD_CENTRE - 5 + 12 * arp.octave);
			const isThin = section.kind === 'intro' ? bar < 2 : section.kind === 'end';
			for (const [index, step] of (masks[bar % 2] ?? []).entries()) {
				if (isThin && step % 4 !== 0 && this.#random.chance(0.6)) continue;
				const midi = tones[(order[index % order.length] ?? 0) % tones.length];
				if (midi === undefined) continue;
				notes.push({
					at: this.#time(section, bar, step),
					seconds: this.#stepSeconds * (arp.density > 0.5 ? 1.1 : 2.2),
					midi,
					velocity: (step % 4 === 0 ? 0.85 : 0.65) * this.#random.between(0.85, 1)
				});
			}
			if (steps > 12 && section.kind === 'lift' && bar === section.bars - 1) {
				const top = tones.at(-1);
				if (top !== undefined) {
					const at = this.#time(section, bar, steps - 2);
					notes.push({ at, seconds: this.#stepSeconds, midi: top, velocity: 0.7 });
				}
			}
		});
		return notes;
	}

	/** Four bars make a sentence: a thought, the thought again on the next chord, another, and a rest on a long tone. */
	#lead(sections: readonly Section[]): Note[] {
		const notes: Note[] = [];
		const { lead, steps } = this.#style;
		const thought = this.#motif(lead.density);
		const other = this.#motif(lead.density * 1.15);
		const rest = { steps: [0, ...(this.#random.chance(0.5) ? [steps / 2] : [])], moves: [0, 1] };
		const sentence = [thought, thought, other, rest];
		const size = this.#scale.length;
		const floor = size + (lead.octave - 1) * size;
		for (const section of sections) {
			const plays =
				section.kind === 'lift' ||
				(section.kind === 'verse' && section.bar > PHRASE_BARS) ||
				section.kind === 'break';
			if (!plays) continue;
			let place = floor + Math.round(size / 2);
			for (let bar = 0; bar < section.bars; bar++) {
				// In a break only the answer is heard.
				if (section.kind === 'break' && bar < 2) continue;
				if (section.kind === 'verse' && bar % 2 === 0) continue;
				const motif = sentence[bar % sentence.length] ?? rest;
				place = this.#nearestTone(this.#degree(section, bar), place);
				for (const [index, step] of motif.steps.entries()) {
					if (index > 0) place += motif.moves[index] ?? 0;
					if (place > floor + size * 1.6) place -= 3;
					if (place < floor - 1) place += 3;
					const next = motif.steps[index + 1] ?? steps;
					notes.push({
						at: this.#time(section, bar, step),
						seconds: (next - step) * this.#stepSeconds * 0.92,
						midi: this.#pitch(place) + 12,
						velocity: (index === 0 ? 0.9 : 0.75) * this.#random.between(0.9, 1)
					});
				}
			}
		}
		return notes;
	}

	#drums(sections: readonly Section[]): Stroke[] {
		const { grooves, steps } = this.#style;
		if (!grooves) return [];
		const { verse, lift } = this.#random.pick(grooves);
		const strokes: Stroke[] = [];
		const add = (section: Section, bar: number, groove: Groove, level: number) => {
			for (const [drum, rhythm] of groove) {
				for (const { step, velocity } of this.#hits(rhythm)) {
					const human = this.#random.between(0.9, 1);
					const at = this.#time(section, bar, step);
					strokes.push({ at, drum, velocity: velocity * level * human });
				}
			}
		};
		this.#eachBar(sections, ['intro', 'verse', 'lift', 'break', 'end'], (section, bar) => {
			const isTurn = bar === section.bars - 1;
			const kind = section.kind;
			if (kind === 'intro') add(section, bar, bar < 2 ? [] : verse.slice(-1), 0.7);
			if (kind === 'break') add(section, bar, bar < 2 ? [] : verse.slice(-1), 0.6);
			if (kind === 'end') add(section, bar, bar < 2 ? verse : [], 0.85);
			if (kind === 'verse') add(section, bar, verse, 0.9);
			if (kind === 'lift') add(section, bar, lift, 1);
			const last = lift.find(([drum]) => ['snare', 'clap', 'tek', 'brush'].includes(drum))?.[0];
			if (isTurn && last && kind !== 'end' && kind !== 'intro') {
				for (const step of [steps - 4, steps - 2, steps - 1]) {
					const velocity = 0.45 + 0.12 * (step - steps + 4);
					strokes.push({ at: this.#time(section, bar, step), drum: last, velocity });
				}
			}
			if (kind === 'lift' && bar === 0 && lift.some(([drum]) => drum === 'kick')) {
				strokes.push({ at: this.#time(section, 0, 0), drum: 'crash', velocity: 0.4 });
			}
		});
		return strokes.sort((a, b) => a.at - b.at);
	}

	#eachBar(
		sections: readonly Section[],
		kinds: readonly SectionKind[],
		write: (section: Section, bar: number) => void
	) {
		for (const section of sections) {
			if (!kinds.includes(section.kind)) continue;
			for (let bar = 0; bar < section.bars; bar++) write(section, bar);
		}
	}

	#degree({ kind, bars }: Section, bar: number): number {
		const turn = kind === 'lift' ? this.#turns.full : this.#turns.calm;
		if (kind === 'end' && bar === bars - 1) return 0;
		return turn[Math.floor(bar / this.#style.barsPerChord) % turn.length] ?? 0;
	}

	/** @param place steps of the scale above the root; may be negative */
	#pitch(place: number): number {
		const size = this.#scale.length;
		const octave = Math.floor(place / size);
		return this.#root + 12 * octave + (this.#scale[place - octave * size] ?? 0);
	}

	/** The chord in the position nearest to the one before it. */
	#voiced(degree: number, before: readonly number[]): number[] {
		const pitches = this.#style.chord.map((offset) => this.#pitch(degree + offset));
		const centre = before.length > 0 ? mean(before) : CHORD_CENTRE;
		return pitches
			.map((pitch) => pitch + 12 * Math.round((centre - pitch) / 12))
			.sort((a, b) => a - b);
	}

	/** Two octaves of the chord's tones, from below. */
	#tones(degree: number, floor: number): number[] {
		const once = this.#style.chord
			.slice(0, 4)
			.map((offset) => lifted(this.#pitch(degree + offset), floor));
		return [...once, ...once.map((midi) => midi + 12)].sort((a, b) => a - b);
	}

	#nearestTone(degree: number, place: number): number {
		const size = this.#scale.length;
		const tones = this.#style.chord.slice(0, 3).map((offset) => (degree + offset) % size);
		for (const away of [0, 1, -1, 2, -2]) {
			if (tones.includes((((place + away) % size) + size) % size)) return place + away;
		}
		return place;
	}

	#order(line: Style['arp']['line']): number[] {
		switch (line) {
			case 'up':
				return [0, 1, 2, 3, 4, 5];
			case 'wave':
				return [0, 1, 2, 3, 4, 3, 2, 1];
			case 'picking':
				return this.#random.pick([
					[0, 3, 2, 4, 1, 3, 2, 4],
					[0, 2, 3, 4, 3, 2],
					[0, 4, 2, 3, 1, 4, 3, 2]
				]);
			case 'wander':
				return Array.from({ length: this.#random.pick([5, 7, 8, 11]) }, () =>
					this.#random.whole(0, 5)
				);
		}
	}

	#motif(density: number): { steps: number[]; moves: number[] } {
		const steps = this.#mask(density).filter((step) => step % 2 === 0);
		if (steps.length < 2) steps.push(this.#style.steps / 2);
		const kept = [...new Set(steps)].sort((a, b) => a - b).slice(0, 6);
		let height = 0;
		const moves = kept.map((_, index) => {
			const move = this.#random.pick([1, 1, 2, 3]) * (this.#random.chance(0.5) ? 1 : -1);
			// What went up comes down: a thought ends near where it began.
			const kind = Math.abs(height + move) > 3 ? -move : move;
			height += index === 0 ? 0 : kind;
			return kind;
		});
		return { steps: kept, moves };
	}

	/** Steps on which something happens: rather on beats than between them. */
	#mask(density: number): number[] {
		return range(0, this.#style.steps, 1).filter((step) => {
			const weight = step === 0 ? 3 : step % 4 === 0 ? 1.5 : step % 2 === 0 ? 1.1 : 0.75;
			return this.#random.chance(Math.min(1, density * weight));
		});
	}

	#hits(rhythm: Rhythm): { step: number; velocity: number }[] {
		return [...rhythm].flatMap((letter, step) => {
			if (letter === '?' && this.#random.chance(0.6)) return [];
			const velocity = { X: 1, x: 0.8, o: 0.45, '?': 0.5 }[letter];
			return velocity === undefined ? [] : [{ step, velocity }];
		});
	}

	#time(section: Section, bar: number, step: number): number {
		const late = step % 2 === 1 ? this.#style.swing : 0;
		const human = this.#random.between(0, HUMAN_SECONDS);
		return ((section.bar + bar) * this.#style.steps + step + late) * this.#stepSeconds + human;
	}
}

/** How a part sits in the mix. */
interface Seat extends Omit<Part, 'instrument' | 'cutoff' | 'notes'> {
	/** Hertz at the beginning and at the end of each kind of section. */
	opens: Record<SectionKind, readonly [number, number]>;
}

const PAD: Seat = {
	...{ decibels: -17, place: 0, reverb: 0.4, echo: 0, duck: 1 },
	opens: {
		intro: [700, 2600],
		verse: [2600, 3200],
		lift: [5000, 6500],
		break: [1400, 4200],
		end: [5000, 1500]
	}
};
const BASS: Seat = {
	...{ decibels: -9.5, place: 0, reverb: 0.02, echo: 0, duck: 0.7 },
	opens: {
		intro: [900, 900],
		verse: [1600, 1600],
		lift: [2600, 2600],
		break: [700, 1400],
		end: [1600, 900]
	}
};
const ARP: Seat = {
	...{ decibels: -14, place: -0.2, reverb: 0.25, echo: 0.22, duck: 0.4 },
	opens: {
		intro: [900, 4200],
		verse: [4200, 6000],
		lift: [9000, 12_000],
		break: [1200, 8000],
		end: [7000, 1400]
	}
};
const LEAD: Seat = {
	...{ decibels: -12.5, place: 0.12, reverb: 0.3, echo: 0.3, duck: 0.2 },
	opens: {
		intro: [4000, 4000],
		verse: [5000, 5000],
		lift: [10_000, 10_000],
		break: [4000, 6000],
		end: [4000, 2000]
	}
};
const CHORDS: Seat = {
	...{ decibels: -15, place: 0.15, reverb: 0.22, echo: 0, duck: 0.6 },
	opens: {
		intro: [1200, 4000],
		verse: [4500, 6000],
		lift: [9000, 9000],
		break: [2000, 6000],
		end: [6000, 2000]
	}
};

/** By octaves until it is not below the floor, and no more than needed. */
function lifted(midi: number, floor: number): number {
	return floor + ((((midi - floor) % 12) + 12) % 12);
}

function mean(numbers: readonly number[]): number {
	return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

function range(from: number, to: number, by: number): number[] {
	return Array.from({ length: Math.ceil((to - from) / by) }, (_, at) => from + at * by);
}
