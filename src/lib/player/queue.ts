import type { Track } from '#contracts/track';

/** After this many seconds "previous" means the beginning of this track. */
export const REWIND_SECONDS = 3;

/** What plays now and what plays next. Knows nothing of sound. */
export class PlayQueue {
	#tracks: readonly Track[] = [];
	#index = -1;

	get tracks() {
		return this.#tracks;
	}
	get index() {
		return this.#index;
	}
	get current(): Track | null {
		return this.#tracks[this.#index] ?? null;
	}
	get upcoming(): readonly Track[] {
		return this.#tracks.slice(this.#index + 1);
	}
	get hasNext() {
		return this.#index + 1 < this.#tracks.length;
	}
	get hasPrevious() {
		return this.#index > 0;
	}

	/** Begins with one track of a list; those that cannot play yet are left out. */
	play(tracks: readonly Track[], index = 0): Track | null {
		const wanted = tracks[index];
		this.#tracks = tracks.filter(plays);
		const found = wanted ? this.#tracks.indexOf(wanted) : -1;
		// Something that does not play was asked for: the next one that does.
		this.#index = found >= 0 ? found : tracks.slice(0, index).filter(plays).length;
		if (!this.current) this.#index = -1;
		return this.current;
	}

	next(): Track | null {
		if (!this.hasNext) return null;
		this.#index += 1;
		return this.current;
	}

	previous(): Track | null {
		if (!this.hasPrevious) return null;
		this.#index -= 1;
		return this.current;
	}

	jump(index: number): Track | null {
		if (!this.#tracks[index]) return null;
		this.#index = index;
		return this.current;
	}

	add(tracks: readonly Track[]): number {
		const added = tracks.filter(plays);
		this.#tracks = [...this.#tracks, ...added];
		return added.length;
	}

	addNext(tracks: readonly Track[]): number {
		const added = tracks.filter(plays);
		const at = this.#index + 1;
		this.#tracks = [...this.#tracks.slice(0, at), ...added, ...this.#tracks.slice(at)];
		return added.length;
	}

	/** What plays now cannot be taken out: skip it instead. */
	remove(index: number) {
		if (index === this.#index || !this.#tracks[index]) return;
		this.#tracks = this.#tracks.filter((_, at) => at !== index);
		if (index < this.#index) this.#index -= 1;
	}
}

function plays({ streamUrl }: Track): boolean {
	return streamUrl !== null;
}
