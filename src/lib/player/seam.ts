/** Sound of one quantum: left and right. */
export type Block = readonly [Float32Array, Float32Array];

/** What the audio thread is told. Seconds are those of the clock, floors are linear. */
export type SeamOrder =
	/** From now on this input is heard, and nothing that was kept. */
	| { kind: 'cut'; to: Slot }
	/** The other input was started and waits to be heard from its first sample, right after the last one of this. */
	| { kind: 'arm'; endsInSeconds: number; floor: number }
	/** What was armed is over, wherever its last sample was. */
	| { kind: 'join' };

export type Slot = 0 | 1;

const QUANTUM = 128;
/** The longest that one input is kept waiting for the end of the other. */
const KEPT_SECONDS = 2;
/** How far the end may lie from where the element's clock puts it. */
const SLACK_SECONDS = 0.06;
/** A track that begins with silence keeps it: a start takes no longer than this. */
const START_SECONDS = 0.5;

/**
 * Joins two streams sample by sample. Elements start when they like, some ten milliseconds after they are asked to.
 * So the second one is started early, what comes of it is kept, and it is heard from its first sample on as soon as
 * the first one has given its last. Runs on the audio thread: it makes no objects while it works.
 */
export class Seam {
	readonly #lines: readonly [Line, Line];
	readonly #hertz: number;
	readonly #slack: number;
	readonly #start: number;
	#active: Slot = 0;
	#floor = 0;
	/** Frames until the end of the active one; null when nothing is armed. */
	#left: number | null = null;
	/** Frames for which the second one may still be silent because it has not begun. */
	#starting = 0;

	constructor(hertz: number) {
		const frames = Math.ceil(hertz * KEPT_SECONDS);
		this.#lines = [new Line(frames), new Line(frames)];
		this.#slack = Math.round(hertz * SLACK_SECONDS);
		this.#start = Math.round(hertz * START_SECONDS);
		this.#hertz = hertz;
	}

	get active(): Slot {
		return this.#active;
	}
	/** By how much what is heard now comes later than its element gives it. */
	get lagSeconds() {
		return this.#lines[this.#active].length / this.#hertz;
	}

	obey(order: SeamOrder) {
		if (order.kind === 'cut') {
			this.#active = order.to;
			this.#left = null;
			for (const line of this.#lines) line.clear();
		} else if (order.kind === 'arm') {
			this.#floor = order.floor;
			this.#left = Math.round(order.endsInSeconds * this.#hertz) + this.#lines[this.#active].length;
			this.#starting = this.#start;
			this.#lines[this.#other].clear();
		} else if (this.#left !== null) {
			this.#left = Math.min(this.#left, this.#lines[this.#active].length);
		}
	}

	/**
	 * One quantum; every input and the output are this long.
	 * @returns whether the second one took over in it
	 */
	process(inputs: readonly [Block, Block], out: Block): boolean {
		const line = this.#lines[this.#active];
		line.push(inputs[this.#active], 0);
		if (this.#left !== null) this.#keep(inputs[this.#other]);
		// One quantum is kept back, so that an end is known before it is heard.
		if (line.length < 2 * QUANTUM) {
			silence(out, 0);
			return false;
		}
		if (this.#left === null) {
			line.pop(out, 0, QUANTUM);
			return false;
		}
		const end = this.#endWithin(line);
		if (end === null) {
			line.pop(out, 0, QUANTUM);
			this.#left -= QUANTUM;
			return false;
		}
		line.pop(out, 0, end);
		this.#active = this.#other;
		this.#left = null;
		line.clear();
		const next = this.#lines[this.#active];
		const filled = next.pop(out, end, QUANTUM - end);
		silence(out, end + filled);
		return true;
	}

	get #other(): Slot {
		return this.#active === 0 ? 1 : 0;
	}

	#keep(input: Block) {
		const line = this.#lines[this.#other];
		let from = 0;
		if (line.length === 0 && this.#starting > 0) {
			from = firstLoud(input);
			this.#starting -= from;
		}
		line.push(input, from);
	}

	/** How many frames of the next quantum still belong to the first one; null if it goes on. */
	#endWithin(line: Line): number | null {
		const left = this.#left ?? 0;
		if (left > this.#slack) return null;
		if (left < -this.#slack) return 0;
		const loud = line.lastLoud(2 * QUANTUM, this.#floor);
		return loud < QUANTUM ? loud : null;
	}
}

/** Sound that waits, in a ring. */
class Line {
	readonly #left: Float32Array;
	readonly #right: Float32Array;
	#at = 0;
	length = 0;

	constructor(frames: number) {
		this.#left = new Float32Array(frames);
		this.#right = new Float32Array(frames);
	}

	clear() {
		this.length = 0;
	}

	/** What does not fit is lost: more is never kept than can be waited for. */
	push([left, right]: Block, from: number) {
		const size = this.#left.length;
		for (let n = from; n < left.length && this.length < size; n += 1) {
			const to = (this.#at + this.length) % size;
			this.#left[to] = left[n] as number;
			this.#right[to] = right[n] as number;
			this.length += 1;
		}
	}

	/** @returns how many there were */
	pop([left, right]: Block, from: number, frames: number): number {
		const taken = Math.min(frames, this.length);
		for (let n = 0; n < taken; n += 1) {
			left[from + n] = this.#left[this.#at] as number;
			right[from + n] = this.#right[this.#at] as number;
			this.#at = (this.#at + 1) % this.#left.length;
		}
		this.length -= taken;
		return taken;
	}

	/** How many of the first frames there are up to the last that is louder than the floor. */
	lastLoud(frames: number, floor: number): number {
		for (let n = Math.min(frames, this.length) - 1; n >= 0; n -= 1) {
			const at = (this.#at + n) % this.#left.length;
			if (Math.abs(this.#left[at] as number) > floor) return n + 1;
			if (Math.abs(this.#right[at] as number) > floor) return n + 1;
		}
		return 0;
	}
}

function firstLoud([left, right]: Block): number {
	for (let n = 0; n < left.length; n += 1) if (left[n] !== 0 || right[n] !== 0) return n;
	return left.length;
}

function silence([left, right]: Block, from: number) {
	left.fill(0, from);
	right.fill(0, from);
}
