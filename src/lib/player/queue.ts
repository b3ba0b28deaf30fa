import type { Track } from '#contracts/track';
import { shuffled, type Random } from './shuffle.ts';

/** After this many seconds "previous" means the beginning of this track. */
export const REWIND_SECONDS = 3;

export type Repeat = 'off' | 'all' | 'one';

/** A track's place in the queue: the same track may have several. */
export interface Entry {
	readonly key: number;
	readonly track: Track;
}

/** All there is to say of a queue: what brings it back after an undo or a reload. */
export interface QueueState {
	/** In the order they play. */
	entries: readonly Entry[];
	index: number;
	/** The keys in the order before they were shuffled; null while they are not. */
	unshuffled: readonly number[] | null;
	/** Keys of what was heard since all were shuffled or begun. */
	heard: readonly number[];
	repeat: Repeat;
}

const NOTHING: QueueState = { entries: [], index: -1, unshuffled: null, heard: [], repeat: 'off' };

/** What plays now and what plays next. Knows nothing of sound. */
export class PlayQueue {
	readonly #random: Random;
	#state = NOTHING;
	#lastKey = 0;

	constructor({ random = Math.random }: { random?: Random } = {}) {
		this.#random = random;
	}

	get entries() {
		return this.#state.entries;
	}
	get index() {
		return this.#state.index;
	}
	get repeat() {
		return this.#state.repeat;
	}
	get isShuffled() {
		return this.#state.unshuffled !== null;
	}
	get current(): Entry | null {
		return this.entries[this.index] ?? null;
	}
	get upcoming(): readonly Entry[] {
		return this.entries.slice(this.index + 1);
	}
	/** Whether there is somewhere to go when the person asks for it. */
	get hasNext() {
		return this.index + 1 < this.entries.length || this.#mayGoRound();
	}
	get hasPrevious() {
		return this.index > 0;
	}
	/** What begins when this track ends; null where nothing does, or where it is drawn by lot only then. */
	get following(): Entry | null {
		if (this.repeat === 'one') return this.current;
		const next = this.entries[this.index + 1];
		if (next || !this.#mayGoRound() || this.isShuffled) return next ?? null;
		return this.entries[0] ?? null;
	}

	/** Begins with one track of a list; those that cannot play yet are left out. */
	play(tracks: readonly Track[], index = 0): Entry | null {
		const wanted = tracks[index];
		const playing = tracks.filter(plays);
		const found = wanted ? playing.indexOf(wanted) : -1;
		// Something that does not play was asked for: the next one that does.
		const at = found >= 0 ? found : tracks.slice(0, index).filter(plays).length;
		const wasShuffled = this.isShuffled;
		const entries = this.#enter(playing);
		this.#state = {
			...NOTHING,
			entries,
			index: entries[at] ? at : -1,
			repeat: this.repeat
		};
		this.#hear();
		if (wasShuffled) this.#shuffle();
		return this.current;
	}

	/** Because the person asks for it: goes on even where one track is repeated. */
	next(): Entry | null {
		if (!this.hasNext) return null;
		if (this.index + 1 < this.entries.length) return this.#go(this.index + 1);
		this.#change({ heard: [] });
		if (this.isShuffled) this.#shuffleRound();
		return this.#go(0);
	}

	/** Because the track is over. */
	advance(): Entry | null {
		return this.repeat === 'one' ? this.current : this.next();
	}

	previous(): Entry | null {
		return this.hasPrevious ? this.#go(this.index - 1) : null;
	}

	jump(key: number): Entry | null {
		const at = this.#at(key);
		return at < 0 ? null : this.#go(at);
	}

	add(tracks: readonly Track[]): number {
		return this.#insert(tracks, this.entries.length, (order, keys) => [...order, ...keys]);
	}

	addNext(tracks: readonly Track[]): number {
		const current = this.current?.key;
		return this.#insert(tracks, this.index + 1, (order, keys) => {
			const at = current === undefined ? 0 : order.indexOf(current) + 1;
			return [...order.slice(0, at), ...keys, ...order.slice(at)];
		});
	}

	/** What plays now cannot be taken out: skip it instead. */
	remove(key: number) {
		if (key === this.current?.key) return;
		this.#keep((entry) => entry.key !== key);
	}

	/** What plays now may be among them: then the one after it, if there is one, takes its place. */
	removeWhere(isOut: (track: Track) => boolean) {
		this.#keep(({ track }) => !isOut(track));
	}

	/** All that comes next goes; what was heard stays, and what plays. */
	clear() {
		const kept = new Set(this.entries.slice(0, this.index + 1));
		this.#keep((entry) => kept.has(entry));
	}

	/** Puts an entry at another place in the order they play. */
	move(key: number, to: number) {
		const from = this.#at(key);
		if (from < 0) return;
		const entries = [...this.entries];
		const [moved] = entries.splice(from, 1);
		if (!moved) return;
		entries.splice(Math.max(0, Math.min(to, entries.length)), 0, moved);
		const current = this.current;
		this.#change({ entries, index: current ? entries.indexOf(current) : -1 });
	}

	setRepeat(repeat: Repeat) {
		this.#change({ repeat });
	}

	/** What plays goes on playing; what was heard in this round does not come again in it. */
	setShuffled(isShuffled: boolean) {
		if (isShuffled === this.isShuffled) return;
		if (isShuffled) return this.#shuffle();
		const place = new Map(this.#state.unshuffled?.map((key, at) => [key, at]));
		const entries = [...this.entries].sort(
			(one, other) => (place.get(one.key) ?? 0) - (place.get(other.key) ?? 0)
		);
		const current = this.current;
		this.#change({
			entries,
			index: current ? entries.indexOf(current) : -1,
			unshuffled: null
		});
	}

	get state(): QueueState {
		return this.#state;
	}

	/** Takes a change back; what plays meanwhile goes on playing. */
	putBack(before: QueueState) {
		const key = this.current?.key;
		const index = before.entries.findIndex((entry) => entry.key === key);
		if (index >= 0)
			this.#change({ ...before, index, heard: this.#state.heard, repeat: this.repeat });
	}

	restore(state: QueueState) {
		this.#state = state;
		this.#lastKey = state.entries.reduce((most, { key }) => Math.max(most, key), this.#lastKey);
	}

	#mayGoRound() {
		return this.repeat === 'all' && this.entries.length > 0;
	}

	#go(index: number): Entry | null {
		this.#change({ index });
		this.#hear();
		return this.current;
	}

	#hear() {
		const key = this.current?.key;
		if (key === undefined || this.#state.heard.includes(key)) return;
		this.#change({ heard: [...this.#state.heard, key] });
	}

	#shuffle() {
		const { current, entries } = this;
		const heard = new Set(this.#state.heard);
		const past = entries.filter((entry) => entry !== current && heard.has(entry.key));
		const coming = entries.filter((entry) => entry !== current && !heard.has(entry.key));
		this.#change({
			entries: [...past, ...(current ? [current] : []), ...shuffled(coming, this.#random)],
			index: current ? past.length : -1,
			unshuffled: this.#state.unshuffled ?? entries.map(({ key }) => key)
		});
	}

	/** Another round in another order, which does not begin with what was heard a moment ago. */
	#shuffleRound() {
		const last = this.current;
		const entries = shuffled(this.entries, this.#random);
		if (entries.length > 1 && entries[0] === last) entries.push(...entries.splice(0, 1));
		this.#change({ entries });
	}

	#insert(
		tracks: readonly Track[],
		at: number,
		place: (order: readonly number[], keys: number[]) => number[]
	): number {
		const added = this.#enter(tracks.filter(plays));
		const { entries } = this;
		const unshuffled = this.#state.unshuffled;
		const keys = added.map(({ key }) => key);
		this.#change({
			entries: [...entries.slice(0, at), ...added, ...entries.slice(at)],
			unshuffled: unshuffled && place(unshuffled, keys)
		});
		return added.length;
	}

	#keep(isKept: (entry: Entry) => boolean) {
		const before = this.entries.slice(0, Math.max(0, this.index)).filter(isKept).length;
		const entries = this.entries.filter(isKept);
		const keys = new Set(entries.map(({ key }) => key));
		const { unshuffled, heard } = this.#state;
		this.#change({
			entries,
			index: this.index < 0 || entries.length === 0 ? -1 : Math.min(before, entries.length - 1),
			unshuffled: unshuffled && unshuffled.filter((key) => keys.has(key)),
			heard: heard.filter((key) => keys.has(key))
		});
	}

	#enter(tracks: readonly Track[]): Entry[] {
		return tracks.map((track) => ({ key: (this.#lastKey += 1), track }));
	}

	#at(key: number): number {
		return this.entries.findIndex((entry) => entry.key === key);
	}

	#change(part: Partial<QueueState>) {
		this.#state = { ...this.#state, ...part };
	}
}

/** Names an entry where a text is asked for. */
export function keyOf({ key }: Entry): string {
	return String(key);
}

function plays({ streamUrl }: Track): boolean {
	return streamUrl !== null;
}
