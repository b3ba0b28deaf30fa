import * as v from 'valibot';

const KEY = 'segue.wish';
/** Who signs in later than this has something else in mind. */
const LASTS_MS = 30 * 60 * 1000;

const Track = v.object({ id: v.string(), title: v.string() });

/** What somebody wanted to do who was not signed in. */
const Wish = v.variant('kind', [
	v.object({ kind: v.literal('like'), track: Track }),
	v.object({ kind: v.literal('add'), tracks: v.array(Track) }),
	v.object({ kind: v.literal('follow'), artist: v.object({ id: v.string(), name: v.string() }) })
]);
export type Wish = v.InferOutput<typeof Wish>;

const Kept = v.object({ wish: Wish, at: v.number() });

/** The part of `sessionStorage` that is used: it outlives the way through the sign-in page, and not the tab. */
export interface WishStore {
	getItem(key: string): string | null;
	setItem(key: string, value: string): void;
	removeItem(key: string): void;
}

/** Remembers what to do after signing in. */
export function makeWish(store: WishStore, wish: Wish, now = Date.now()) {
	store.setItem(KEY, JSON.stringify({ wish, at: now }));
}

/** What was wished for, once. */
export function takeWish(store: WishStore, now = Date.now()): Wish | null {
	const text = store.getItem(KEY);
	if (text === null) return null;
	store.removeItem(KEY);
	try {
		const { wish, at } = v.parse(Kept, JSON.parse(text));
		return now - at < LASTS_MS ? wish : null;
	} catch {
		return null;
	}
}
