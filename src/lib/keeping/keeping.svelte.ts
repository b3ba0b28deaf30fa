import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Person } from '#contracts/account';
import type { ServerEvent } from '#contracts/live';
import { problemCode, type ProblemCode } from '#contracts/problem';
import type { KeepingApi } from './api.ts';
import { Marks } from './marks.ts';
import type { Wish, WishStore } from './wish.ts';

/** What a list needs to know of a track. */
export interface Named {
	id: string;
	title: string;
}

interface Said {
	text: string;
	action?: { label: string; run: () => void };
}

interface KeepingOptions {
	say: (said: Said) => void;
	/** @param text what did not happen; the code says why */
	onfail: (text: string, code: ProblemCode | null) => void;
	/** To the sign-in page, which says what for, and back here. */
	signIn: (wish: Wish['kind']) => void;
	/** Null where a browser keeps nothing. */
	store: () => WishStore | null;
}

type Hearing = (playlistId: string, version: number) => void;

/** What somebody keeps: likes, followed artists, and tracks that are being put into playlists. */
export class Keeping {
	#api: Promise<KeepingApi> | null = null;
	readonly #options: KeepingOptions;
	readonly #liked = new SvelteSet<string>();
	readonly #followed = new SvelteSet<string>();
	readonly #likes: Marks;
	readonly #follows: Marks;
	#hearings: readonly Hearing[] = [];
	/** Whatever is on the screen before this is known is looked at again. */
	#personId = $state.raw<string | null>(null);
	#choosing = $state.raw<readonly Named[] | null>(null);

	constructor(options: KeepingOptions) {
		this.#options = options;
		this.#likes = new Marks({
			load: async (ids) => (await this.api).liked(ids),
			save: async (id, isOn) => (await this.api).like(id, isOn),
			onchange: mirrored(this.#liked),
			onfail: (name, wanted, error) =>
				this.fail(wanted ? `${name} is not among your likes.` : `${name} is still liked.`, error)
		});
		this.#follows = new Marks({
			load: async (ids) => (await this.api).followed(ids),
			save: async (id, isOn) => (await this.api).follow(id, isOn),
			onchange: mirrored(this.#followed),
			onfail: (name, wanted, error) =>
				this.fail(wanted ? `You do not follow ${name} yet.` : `You still follow ${name}.`, error)
		});
	}

	/** Loaded for the first question: whoever only listens asks none. What did not load is tried anew the next time. */
	get api(): Promise<KeepingApi> {
		return (this.#api ??= import('./api.ts').then(
			({ createKeepingApi }) => createKeepingApi(),
			(error) => {
				this.#api = null;
				throw error;
			}
		));
	}

	/** Tracks for which a playlist is being chosen; null when none is. */
	get choosing() {
		return this.#choosing;
	}

	/** Who is signed in. What they wished for before is done. */
	become(person: Pick<Person, 'id'> | null | undefined) {
		const id = person?.id ?? null;
		if (id === this.#personId) return;
		this.#personId = id;
		this.#likes.clear();
		this.#follows.clear();
		this.#choosing = null;
		const store = this.#options.store();
		if (id !== null && store) void this.#grantWish(id, store);
	}

	/** @param id a track that is on the screen */
	isLiked(id: string): boolean {
		return this.#liked.has(id);
	}

	isFollowed(artistId: string): boolean {
		return this.#followed.has(artistId);
	}

	/** It is on the screen: whether it is liked will be known soon. */
	lookAt(trackId: string) {
		if (this.#personId !== null) this.#likes.ask(trackId);
	}

	lookAtArtist(artistId: string) {
		if (this.#personId !== null) this.#follows.ask(artistId);
	}

	like({ id, title }: Named) {
		if (this.#personId === null) return void this.#wish({ kind: 'like', track: { id, title } });
		void this.#likes.set(id, !this.isLiked(id), `“${title}”`);
	}

	follow({ id, name }: { id: string; name: string }) {
		if (this.#personId === null) return void this.#wish({ kind: 'follow', artist: { id, name } });
		void this.#follows.set(id, !this.isFollowed(id), name);
	}

	/** Asks for the playlist that these go to. */
	choose(tracks: readonly Named[]) {
		const named = tracks.map(({ id, title }) => ({ id, title }));
		if (this.#personId === null) return void this.#wish({ kind: 'add', tracks: named });
		this.#choosing = named;
	}

	chosen() {
		this.#choosing = null;
	}

	/** News from the server: whoever shows a playlist hears that it changed. */
	hear(events: readonly ServerEvent[]) {
		for (const event of events) {
			if (event.type === 'reset') for (const hearing of this.#hearings) hearing('', Infinity);
			if (event.type !== 'playlist_changed') continue;
			for (const hearing of this.#hearings) hearing(event.playlistId, event.version);
		}
	}

	/** @returns what ends it */
	onplaylist(hearing: Hearing): () => void {
		this.#hearings = [...this.#hearings, hearing];
		return () => {
			this.#hearings = this.#hearings.filter((other) => other !== hearing);
		};
	}

	say(said: Said) {
		this.#options.say(said);
	}

	fail(text: string, error: unknown) {
		this.#options.onfail(text, problemCode(error));
	}

	async #wish(wish: Wish) {
		const store = this.#options.store();
		const wishes = await import('./wish.ts').catch(() => null); // without it nothing but the wish is lost
		if (store) wishes?.makeWish(store, wish);
		this.#options.signIn(wish.kind);
	}

	async #grantWish(personId: string, store: WishStore) {
		const wishes = await import('./wish.ts').catch(() => null); // it stays for another page
		// Somebody else may be here by now.
		const wish = personId === this.#personId ? wishes?.takeWish(store) : null;
		if (wish) this.#grant(wish);
	}

	/** What is there already stays: a wish marks, it never unmarks. */
	#grant(wish: Wish) {
		if (wish.kind === 'add') {
			this.#choosing = wish.tracks;
		} else if (wish.kind === 'like') {
			void this.#likes.set(wish.track.id, true, `“${wish.track.title}”`);
			this.say({ text: `You like “${wish.track.title}”` });
		} else {
			void this.#follows.set(wish.artist.id, true, wish.artist.name);
			this.say({ text: `You follow ${wish.artist.name}` });
		}
	}
}

function mirrored(shown: SvelteSet<string>) {
	return (id: string, isOn: boolean) => {
		if (isOn) shown.add(id);
		else shown.delete(id);
	};
}

export const [useKeeping, provideKeeping] = createContext<Keeping>();
