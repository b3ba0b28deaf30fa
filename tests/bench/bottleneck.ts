import type { Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';

/** One direction of a link. */
export interface Limits {
	bytesPerSecond: number;
	/** Of what waits for its turn, all connections together. What does not fit stays with its sender. */
	bufferBytes: number;
	/** From the far end of the queue to whom it is for. */
	delayMs: number;
}

export const UNLIMITED: Limits = { bytesPerSecond: Infinity, bufferBytes: 1024 ** 2, delayMs: 0 };

const LEAST_PIECE_BYTES = 1_500;
const MOST_PIECE_BYTES = 16 * 1024;
/** On a slow link smaller pieces than this lasts would only cost timers. */
const PIECE_MS = 2;
/** Timers fire after whole milliseconds. */
const TICK_MS = 1;
const NS_PER_MS = 1e6;

interface Way {
	from: Socket;
	to: Socket;
	/** Waits for room in the queue since then; null when nothing of it waits. */
	readySince: number | null;
}

interface Piece {
	way: Way;
	/** Null is the end of what `from` says. */
	bytes: Buffer | null;
	at: number;
}

/**
 * What all connections share in one direction: a queue of bounded length, first come, first served, which empties at a
 * set rate. Each piece has its time to leave by arithmetic, so a timer that comes late delays a piece and not the rate.
 */
export class Bottleneck {
	#limits = UNLIMITED;
	readonly #queue: Piece[] = [];
	/** On the way to whom they are for, by when they are there. */
	readonly #pipe: Piece[] = [];
	/** Who has something that did not fit: they take turns. */
	readonly #turns: Way[] = [];
	readonly #late = createHistogram();
	#freeAt = 0;
	#timer: NodeJS.Timeout | null = null;
	/** Bytes in the queue. */
	queued = 0;
	/** The most there were since the limits were set. */
	mostQueued = 0;
	/** Bytes that left the queue. */
	carried = 0;

	get #pieceBytes(): number {
		const bytes = (this.#limits.bytesPerSecond * PIECE_MS) / 1000;
		return Math.floor(Math.min(MOST_PIECE_BYTES, Math.max(LEAST_PIECE_BYTES, bytes)));
	}

	set(limits: Limits) {
		this.#limits = limits;
		this.mostQueued = 0;
		this.#late.reset();
		this.#pump();
	}

	/** By how much pieces left too late, in milliseconds: so many of a hundred were no later. */
	lateMs(percentile: number): number {
		return this.#late.count === 0 ? 0 : this.#late.percentile(percentile) / NS_PER_MS;
	}

	/** Carries what one socket says to another from now on. */
	join(from: Socket, to: Socket) {
		const way: Way = { from, to, readySince: null };
		const offer = () => this.#offer(way);
		from.on('readable', offer);
		to.on('drain', offer);
		from.on('end', () => {
			this.#queue.push({ way, bytes: null, at: performance.now() });
			this.#pump();
		});
	}

	#offer(way: Way) {
		if (way.readySince !== null || way.from.readableLength === 0) return;
		way.readySince = performance.now();
		this.#turns.push(way);
		this.#fill(way.readySince);
		this.#pump();
	}

	/** @param roomSince who waited for room comes into the queue then, though nobody looked at the clock */
	#fill(roomSince: number) {
		while (this.queued < this.#limits.bufferBytes) {
			const way = this.#turns.shift();
			if (!way) return;
			const { from, to, readySince } = way;
			// Whoever does not take what comes is told nothing more; `drain` brings it back.
			const bytes = to.writableNeedDrain
				? null
				: (from.read(Math.min(this.#pieceBytes, from.readableLength)) as Buffer | null);
			if (bytes === null) {
				way.readySince = null;
				continue;
			}
			this.#queue.push({ way, bytes, at: Math.max(roomSince, readySince ?? 0) });
			this.queued += bytes.length;
			if (from.readableLength > 0) this.#turns.push(way);
			else way.readySince = null;
		}
		this.mostQueued = Math.max(this.mostQueued, this.queued);
	}

	#pump() {
		const now = performance.now();
		const { delayMs } = this.#limits;
		for (let head = this.#queue[0]; head; head = this.#queue[0]) {
			const leavesAt = this.#leavesAt(head);
			if (leavesAt > now) break;
			this.#queue.shift();
			const bytes = head.bytes?.length ?? 0;
			this.#freeAt = leavesAt;
			this.queued -= bytes;
			this.carried += bytes;
			if (bytes > 0) this.#late.record(Math.max(1, Math.round((now - leavesAt) * NS_PER_MS)));
			this.#pipe.push({ ...head, at: leavesAt + delayMs });
			this.#fill(leavesAt);
		}
		while (this.#pipe[0] && this.#pipe[0].at <= now) {
			const { way, bytes } = this.#pipe.shift() as Piece;
			if (way.to.destroyed) continue;
			if (bytes) way.to.write(bytes);
			else way.to.end();
		}
		this.#arm(now);
	}

	#leavesAt({ at, bytes }: Piece): number {
		return Math.max(this.#freeAt, at) + ((bytes?.length ?? 0) * 1000) / this.#limits.bytesPerSecond;
	}

	#arm(now: number) {
		if (this.#timer) clearTimeout(this.#timer);
		const [head] = this.#queue;
		const next = Math.min(head ? this.#leavesAt(head) : Infinity, this.#pipe[0]?.at ?? Infinity);
		this.#timer =
			next === Infinity
				? null
				: setTimeout(() => this.#pump(), Math.max(TICK_MS, Math.ceil(next - now)));
	}
}
