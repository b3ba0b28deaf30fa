import type { DrumName } from './drums.ts';
import type { InstrumentName } from './instruments.ts';

const SCALES = {
	ionian: [0, 2, 4, 5, 7, 9, 11],
	dorian: [0, 2, 3, 5, 7, 9, 10],
	phrygian: [0, 1, 3, 5, 7, 8, 10],
	lydian: [0, 2, 4, 6, 7, 9, 11],
	mixolydian: [0, 2, 4, 5, 7, 9, 10],
	aeolian: [0, 2, 3, 5, 7, 8, 10],
	'harmonic minor': [0, 2, 3, 5, 7, 8, 11],
	hijaz: [0, 1, 4, 5, 7, 8, 10],
	hirajoshi: [0, 2, 3, 7, 8],
	insen: [0, 1, 5, 7, 10]
} as const;
export type ScaleName = keyof typeof SCALES;

/** Semitones above the root. */
export const semitonesOf = (name: ScaleName): readonly number[] => SCALES[name];

/** One letter a step: X loud, x plain, o soft, ? sometimes; anything else is a rest. */
export type Rhythm = string;
export type Groove = readonly (readonly [DrumName, Rhythm])[];

export type BassLine = 'held' | 'eighths' | 'offbeat' | 'dub' | 'pulse';
export type ArpLine = 'up' | 'wave' | 'wander' | 'picking';

/** What a kind of music is made of. Rhythms have as many letters as a bar has steps, of which four make a beat. */
export interface Style {
	genre: string;
	beatsPerMinute: readonly [number, number];
	/** Sixteenths in a bar. */
	steps: 12 | 14 | 16;
	/** How late every second step comes, as part of a step. */
	swing: number;
	scales: readonly ScaleName[];
	/** Steps of the scale that chords stand on, 0 is the tonic. */
	progressions: readonly (readonly number[])[];
	barsPerChord: 1 | 2;
	/** Which steps of the scale above its foot a chord has. */
	chord: readonly number[];
	pad: readonly InstrumentName[];
	chords: {
		instruments: readonly InstrumentName[];
		rhythms: readonly Rhythm[];
		echo: number;
	} | null;
	bass: { instruments: readonly InstrumentName[]; line: BassLine };
	arp: { instruments: readonly InstrumentName[]; line: ArpLine; density: number; octave: number };
	lead: { instruments: readonly InstrumentName[]; density: number; octave: number };
	/** The quieter and the fuller; null leaves the drums out. */
	grooves: readonly { verse: Groove; lift: Groove }[] | null;
	duck: number;
	roomSeconds: number;
	hissDecibels: number;
}

const MINOR_TURNS = [
	[0, 5, 2, 6],
	[0, 3, 5, 4],
	[0, 6, 5, 6],
	[5, 6, 0, 0],
	[0, 2, 6, 3],
	[0, 5, 3, 4]
];
const MAJOR_TURNS = [
	[0, 4, 5, 3],
	[0, 3, 1, 4],
	[0, 5, 3, 4],
	[3, 0, 4, 5],
	[0, 2, 3, 3]
];

const TRIAD = [0, 2, 4];
const SEVENTH = [0, 2, 4, 6];
const NINTH = [0, 2, 4, 6, 8];

export const STYLES = {
	synthwave: {
		...{ genre: 'Synthwave', beatsPerMinute: [96, 112], steps: 16, swing: 0 },
		...{ scales: ['aeolian', 'dorian'], progressions: MINOR_TURNS, barsPerChord: 1, chord: TRIAD },
		pad: ['warm pad'],
		chords: null,
		bass: { instruments: ['saw bass'], line: 'eighths' },
		arp: { instruments: ['saw arp', 'square arp'], line: 'wave', density: 0.8, octave: 1 },
		lead: { instruments: ['bright lead', 'soft lead'], density: 0.4, octave: 1 },
		grooves: [
			{
				verse: [
					['kick', 'X.......X.......'],
					['snare', '....X.......X...'],
					['hat', 'x.o.x.o.x.o.x.o.']
				],
				lift: [
					['kick', 'X.......X.x.....'],
					['snare', '....X.......X..?'],
					['hat', 'xoxoxoxoxoxoxoxo']
				]
			},
			{
				verse: [
					['kick', 'X...X...X...X...'],
					['clap', '....X.......X...'],
					['hat', '..x...x...x...x.']
				],
				lift: [
					['kick', 'X...X...X...X...'],
					['snare', '....X.......X...'],
					['hat', 'o.xoo.xoo.xoo.xo'],
					['tom', '..............??']
				]
			}
		],
		...{ duck: 0.35, roomSeconds: 2.4, hissDecibels: -Infinity }
	},
	'lo-fi': {
		...{ genre: 'Lo-Fi', beatsPerMinute: [72, 86], steps: 16, swing: 0.3 },
		...{ scales: ['dorian', 'ionian'], barsPerChord: 1, chord: NINTH },
		progressions: [
			[1, 4, 0, 5],
			[3, 2, 1, 0],
			[0, 3, 1, 4],
			[5, 1, 4, 0]
		],
		pad: ['glass pad'],
		chords: {
			instruments: ['electric piano'],
			rhythms: ['X.....x.........', 'X..x......x.....', 'X.......x..x....'],
			echo: 0.1
		},
		bass: { instruments: ['round bass'], line: 'dub' },
		arp: { instruments: ['guitar', 'marimba'], line: 'wander', density: 0.28, octave: 1 },
		lead: { instruments: ['marimba', 'soft lead', 'electric piano'], density: 0.32, octave: 1 },
		grooves: [
			{
				verse: [
					['soft kick', 'X......x..x.....'],
					['rim', '....x.......x...'],
					['hat', 'x.o.x.o.x.o.x.o.']
				],
				lift: [
					['soft kick', 'X.....?x..x.....'],
					['snare', '....x.......x..o'],
					['hat', 'x.oox.o.x.oox.o?'],
					['shaker', 'o.x.o.x.o.x.o.x.']
				]
			}
		],
		...{ duck: 0.25, roomSeconds: 1.4, hissDecibels: -50 }
	},
	house: {
		...{ genre: 'House', beatsPerMinute: [119, 125], steps: 16, swing: 0.08 },
		...{
			scales: ['aeolian', 'dorian'],
			progressions: MINOR_TURNS,
			barsPerChord: 1,
			chord: SEVENTH
		},
		pad: ['warm pad', 'strings'],
		chords: {
			instruments: ['stab', 'electric piano'],
			rhythms: ['..x..x....x..x..', 'x..x..x...x..x..', '...x..x....x..x.'],
			echo: 0.35
		},
		bass: { instruments: ['deep bass', 'round bass'], line: 'offbeat' },
		arp: { instruments: ['square arp', 'marimba'], line: 'wander', density: 0.4, octave: 1 },
		lead: { instruments: ['marimba', 'soft lead', 'bells'], density: 0.3, octave: 1 },
		grooves: [
			{
				verse: [
					['kick', 'X...X...X...X...'],
					['open hat', '..x...x...x...x.'],
					['shaker', 'o.o.o.o.o.o.o.o.']
				],
				lift: [
					['kick', 'X...X...X...X..?'],
					['clap', '....X.......X...'],
					['open hat', '..x...x...x...x.'],
					['hat', 'o.ooo.ooo.ooo.oo']
				]
			}
		],
		...{ duck: 0.6, roomSeconds: 1.7, hissDecibels: -Infinity }
	},
	ambient: {
		...{ genre: 'Ambient', beatsPerMinute: [60, 72], steps: 16, swing: 0 },
		...{ scales: ['lydian', 'ionian'], barsPerChord: 2, chord: NINTH },
		progressions: [
			[0, 1],
			[0, 4, 1, 0],
			[0, 5, 3, 1],
			[3, 0]
		],
		pad: ['glass pad', 'strings'],
		chords: null,
		bass: { instruments: ['deep bass'], line: 'held' },
		arp: { instruments: ['bells', 'harp'], line: 'wander', density: 0.22, octave: 1 },
		lead: { instruments: ['soft lead', 'harp'], density: 0.16, octave: 1 },
		grooves: null,
		...{ duck: 0, roomSeconds: 5.5, hissDecibels: -58 }
	},
	folk: {
		...{ genre: 'Folk', beatsPerMinute: [88, 104], steps: 16, swing: 0.05 },
		...{
			scales: ['ionian', 'mixolydian'],
			progressions: MAJOR_TURNS,
			barsPerChord: 1,
			chord: TRIAD
		},
		pad: ['strings'],
		chords: null,
		bass: { instruments: ['round bass'], line: 'held' },
		arp: { instruments: ['guitar'], line: 'picking', density: 0.7, octave: 0 },
		lead: { instruments: ['harp', 'bells', 'reed'], density: 0.34, octave: 1 },
		grooves: [
			{
				verse: [
					['shaker', 'x.o.x.o.x.o.x.o.'],
					['soft kick', 'x.......x.......']
				],
				lift: [
					['soft kick', 'X.....x.x.......'],
					['brush', '....x.......x...'],
					['shaker', 'xoxoxoxoxoxoxoxo']
				]
			}
		],
		...{ duck: 0, roomSeconds: 1.8, hissDecibels: -Infinity }
	},
	dub: {
		...{ genre: 'Dub', beatsPerMinute: [68, 76], steps: 16, swing: 0.12 },
		...{ scales: ['aeolian', 'dorian'], barsPerChord: 1, chord: TRIAD },
		progressions: [
			[0, 0, 3, 0],
			[0, 6, 0, 6],
			[0, 0, 5, 6]
		],
		pad: ['warm pad'],
		chords: {
			instruments: ['stab'],
			rhythms: ['....x.......x...', '....x.x.....x...'],
			echo: 0.7
		},
		bass: { instruments: ['deep bass'], line: 'dub' },
		arp: { instruments: ['muted guitar'], line: 'wander', density: 0.3, octave: 0 },
		lead: { instruments: ['reed', 'soft lead'], density: 0.25, octave: 1 },
		grooves: [
			{
				verse: [
					['kick', '........X.......'],
					['rim', '....o...x....?..'],
					['hat', 'x.o.x.o.x.o.x.oo']
				],
				lift: [
					['kick', 'X.......X.......'],
					['snare', '........x.....?.'],
					['rim', '...x..o....x..o.'],
					['hat', 'x.oox.o.x.oox.o.']
				]
			}
		],
		...{ duck: 0.2, roomSeconds: 3, hissDecibels: -56 }
	},
	waltz: {
		...{ genre: 'Modern Classical', beatsPerMinute: [92, 112], steps: 12, swing: 0 },
		...{ scales: ['harmonic minor', 'aeolian'], barsPerChord: 1, chord: TRIAD },
		progressions: [
			[0, 3, 4, 0],
			[0, 5, 3, 4],
			[0, 2, 3, 4]
		],
		pad: ['strings'],
		chords: { instruments: ['harp'], rhythms: ['....x...x...', '....x...o...'], echo: 0 },
		bass: { instruments: ['round bass'], line: 'held' },
		arp: { instruments: ['harp', 'marimba'], line: 'up', density: 0.4, octave: 1 },
		lead: { instruments: ['reed', 'strings', 'bells'], density: 0.36, octave: 1 },
		grooves: null,
		...{ duck: 0, roomSeconds: 2.8, hissDecibels: -Infinity }
	},
	garden: {
		...{ genre: 'Ambient', beatsPerMinute: [70, 84], steps: 16, swing: 0 },
		...{ scales: ['hirajoshi', 'insen'], barsPerChord: 2, chord: [0, 2, 3] },
		progressions: [
			[0, 3, 0, 2],
			[0, 2, 3, 0],
			[0, 4, 3, 2]
		],
		pad: ['glass pad'],
		chords: null,
		bass: { instruments: ['deep bass'], line: 'held' },
		arp: { instruments: ['koto'], line: 'wander', density: 0.36, octave: 1 },
		lead: { instruments: ['reed', 'bells', 'koto'], density: 0.24, octave: 1 },
		grooves: [
			{
				verse: [['dum', 'x...............']],
				lift: [
					['dum', 'x.........x.....'],
					['rim', '......o.......?.'],
					['shaker', 'o...o...o...o...']
				]
			}
		],
		...{ duck: 0, roomSeconds: 4, hissDecibels: -Infinity }
	},
	caravan: {
		...{ genre: 'World', beatsPerMinute: [90, 104], steps: 16, swing: 0.04 },
		...{ scales: ['hijaz', 'harmonic minor'], barsPerChord: 1, chord: TRIAD },
		progressions: [
			[0, 0, 1, 0],
			[0, 3, 1, 0],
			[0, 6, 1, 0]
		],
		pad: ['strings'],
		chords: null,
		bass: { instruments: ['round bass'], line: 'pulse' },
		arp: { instruments: ['oud'], line: 'wander', density: 0.55, octave: 0 },
		lead: { instruments: ['oud', 'reed', 'strings'], density: 0.5, octave: 1 },
		grooves: [
			{
				verse: [
					['dum', 'X.......x.......'],
					['tek', '..x...x...o.x..o']
				],
				lift: [
					['dum', 'X.......X...?...'],
					['tek', '..x...x.o.o.x.oo'],
					['shaker', 'o.x.o.x.o.x.o.x.']
				]
			}
		],
		...{ duck: 0, roomSeconds: 2.2, hissDecibels: -Infinity }
	},
	'new wave': {
		...{ genre: 'New Wave', beatsPerMinute: [134, 150], steps: 16, swing: 0 },
		...{ scales: ['aeolian'], progressions: MINOR_TURNS, barsPerChord: 2, chord: TRIAD },
		pad: ['glass pad', 'strings'],
		chords: null,
		bass: { instruments: ['saw bass'], line: 'eighths' },
		arp: { instruments: ['muted guitar'], line: 'wave', density: 0.5, octave: 1 },
		lead: { instruments: ['soft lead', 'bright lead'], density: 0.3, octave: 1 },
		grooves: [
			{
				verse: [
					['kick', 'X.....x.X.......'],
					['snare', '....X.......X...'],
					['hat', 'x.x.x.x.x.x.x.x.']
				],
				lift: [
					['kick', 'X.....x.X.....x.'],
					['snare', '....X.......X...'],
					['open hat', 'x...x...x...x...'],
					['hat', '..o...o...o...o.']
				]
			}
		],
		...{ duck: 0.15, roomSeconds: 2.6, hissDecibels: -Infinity }
	},
	island: {
		...{ genre: 'Folk', beatsPerMinute: [116, 132], steps: 14, swing: 0 },
		...{ scales: ['harmonic minor', 'hijaz', 'dorian'], barsPerChord: 1, chord: TRIAD },
		progressions: [
			[0, 3, 4, 0],
			[0, 0, 6, 0],
			[0, 5, 4, 0]
		],
		pad: ['strings'],
		chords: { instruments: ['guitar'], rhythms: ['X.....x...x...', 'X.....x.o.x.o.'], echo: 0 },
		bass: { instruments: ['round bass'], line: 'pulse' },
		arp: { instruments: ['bouzouki'], line: 'wave', density: 0.5, octave: 1 },
		lead: { instruments: ['bouzouki', 'reed'], density: 0.5, octave: 1 },
		grooves: [
			{
				verse: [
					['dum', 'X.............'],
					['tek', '......x...x...']
				],
				lift: [
					['dum', 'X.....o...o...'],
					['tek', '..o...x...x.?.'],
					['shaker', 'x.o.o.x.o.x.o.']
				]
			}
		],
		...{ duck: 0, roomSeconds: 1.8, hissDecibels: -Infinity }
	},
	techno: {
		...{ genre: 'Techno', beatsPerMinute: [124, 132], steps: 16, swing: 0.06 },
		...{ scales: ['phrygian', 'aeolian'], barsPerChord: 2, chord: SEVENTH },
		progressions: [
			[0, 1],
			[0, 0, 5, 6],
			[0, 3]
		],
		pad: ['warm pad'],
		chords: {
			instruments: ['stab'],
			rhythms: ['..x.......x.....', '...x.....x......'],
			echo: 0.6
		},
		bass: { instruments: ['deep bass', 'saw bass'], line: 'pulse' },
		arp: { instruments: ['square arp', 'saw arp'], line: 'wander', density: 0.62, octave: 0 },
		lead: { instruments: ['bells', 'marimba'], density: 0.22, octave: 1 },
		grooves: [
			{
				verse: [
					['kick', 'X...X...X...X...'],
					['rim', '...x..o....x....'],
					['hat', '..x...x...x...x.']
				],
				lift: [
					['kick', 'X...X...X...X...'],
					['clap', '....x.......x...'],
					['rim', '...x..o...?x..o.'],
					['hat', 'o.xoo.xoo.xoo.xo']
				]
			}
		],
		...{ duck: 0.55, roomSeconds: 2.2, hissDecibels: -Infinity }
	}
} as const satisfies Record<string, Style>;

export type StyleName = keyof typeof STYLES;
