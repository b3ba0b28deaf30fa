/** What is printed where there is no cover: two curves that cross, never twice the same. */
export interface CoverArt {
	/** Degrees on the colour circle. */
	hue: number;
	secondHue: number;
	/** SVG paths of the two areas, in a square of 100. */
	falling: string;
	rising: string;
	/** Degrees by which the print is turned. */
	turn: 0 | 90 | 180 | 270;
}

/** The colour that stands for it, where a cover's would. */
export function artColor(seed: string): string {
	return `oklch(0.68 0.14 ${coverArt(seed).hue})`;
}

const EDGE = 100;
/** A quarter of a sine as one cubic: the control points of its rise from 0 to 1. */
const QUARTER = [
	[0.326, 0.512],
	[0.638, 1]
] as const;

export function coverArt(seed: string): CoverArt {
	const random = numbers(seed);
	const hue = Math.floor(random() * 360);
	// Neighbours look muddy where they overlap, opposites shout.
	const secondHue = (hue + 70 + Math.floor(random() * 110)) % 360;
	const turn = (Math.floor(random() * 4) * 90) as CoverArt['turn'];
	const height = 0.62 + random() * 0.3;
	const secondHeight = 0.5 + random() * 0.45;
	const shift = random() * 0.3;
	return {
		hue,
		secondHue,
		turn,
		falling: area(0, 1 - shift * 0.4, height, true),
		rising: area(shift, 1, secondHeight, false)
	};
}

/** The area under a quarter sine between two places of the square. */
function area(from: number, to: number, height: number, isFalling: boolean): string {
	const x = (at: number) => round((from + (to - from) * (isFalling ? 1 - at : at)) * EDGE);
	const y = (at: number) => round((1 - at * height) * EDGE);
	const [first, second] = QUARTER;
	const end = isFalling ? 0 : EDGE;
	return (
		`M${x(0)} ${EDGE}C${x(first[0])} ${y(first[1])} ${x(second[0])} ${y(second[1])} ${x(1)} ${y(1)}` +
		`H${end}V${EDGE}Z`
	);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

/** The same numbers for the same name, everywhere: mulberry32 over FNV-1a. */
function numbers(seed: string): () => number {
	let state = 2166136261;
	for (const character of seed) {
		state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
	}
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
