import type { OwnMusicPage } from '#contracts/own-music';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import { withoutRepeats } from '$lib/library/without-repeats.ts';

/** What was shown of it, for the way back. */
export type OwnMusicSeen = OwnMusicPage;

/** One's own music as far as one has scrolled. Whatever changes, it stays that long. */
export class OwnMusic {
	items = $state.raw<readonly Track[]>([]);
	releases = $state.raw<readonly Release[]>([]);
	next = $state.raw<string | null>(null);
	isLoading = $state.raw(false);
	hasFailed = $state.raw(false);
	readonly #load: (cursor: string) => Promise<OwnMusicPage>;
	/** Rises with each new beginning: what was asked for an older one is too late. */
	#turn = 0;

	constructor(first: OwnMusicPage, load: (cursor: string) => Promise<OwnMusicPage>) {
		this.#load = load;
		this.#show(first);
	}

	async more(): Promise<void> {
		const { next } = this;
		if (next === null || this.isLoading) return;
		await this.#fetch(async () => joined(this.#all, await this.#load(next)));
	}

	/** The beginning as it is now; the rest is read anew, and takes its place when all of it is here. */
	async renew(first: OwnMusicPage): Promise<void> {
		const length = this.items.length;
		if (first.tracks.length >= length || first.next === null) {
			this.#turn += 1;
			this.isLoading = false;
			this.#show(first);
			return;
		}
		await this.#fetch(async () => {
			let all = first;
			while (all.tracks.length < length && all.next !== null) {
				all = joined(all, await this.#load(all.next));
			}
			return all;
		});
	}

	capture(): OwnMusicSeen {
		return this.#all;
	}

	restore(seen: OwnMusicSeen) {
		this.#show(seen);
	}

	get #all(): OwnMusicPage {
		return { tracks: [...this.items], releases: [...this.releases], next: this.next };
	}

	async #fetch(work: () => Promise<OwnMusicPage>) {
		const turn = (this.#turn += 1);
		this.isLoading = true;
		this.hasFailed = false;
		try {
			const all = await work();
			if (turn === this.#turn) this.#show(all);
		} catch {
			if (turn === this.#turn) this.hasFailed = true;
		} finally {
			if (turn === this.#turn) this.isLoading = false;
		}
	}

	#show({ tracks, releases, next }: OwnMusicPage) {
		this.items = tracks;
		this.releases = releases;
		this.next = next;
	}
}

function joined(all: OwnMusicPage, page: OwnMusicPage): OwnMusicPage {
	return {
		tracks: withoutRepeats([...all.tracks, ...page.tracks]),
		releases: withoutRepeats([...all.releases, ...page.releases]),
		next: page.next
	};
}

export async function fetchOwnMusic(cursor: string): Promise<OwnMusicPage> {
	const response = await fetch(`/api/studio/music?cursor=${encodeURIComponent(cursor)}`);
	if (!response.ok) throw new Error(`own music: ${response.status}`);
	return (await response.json()) as OwnMusicPage;
}
