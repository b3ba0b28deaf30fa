import type { Playlist, PlaylistChange, PlaylistItem, PlaylistPage } from '#contracts/playlist';
import { ChangedElsewhere } from './api.ts';
import type { Keeping } from './keeping.svelte.ts';
import { joined, movedBehind } from './playlist-order.ts';

/** What one press changes. */
type Asked = Omit<PlaylistChange, 'version'>;

interface Shown {
	about: Playlist;
	items: readonly PlaylistItem[];
	next: string | null;
}

/** A playlist on the screen: it shows what its keeper does at once, and what happens to it elsewhere. */
export class OpenPlaylist {
	#about = $state.raw<Playlist>() as Playlist;
	#items = $state.raw<readonly PlaylistItem[]>([]);
	#next = $state.raw<string | null>(null);
	#isReading = $state.raw(false);
	readonly #keeping: Keeping;
	/** Each waits for the one before: so every change is made against a version that is known. */
	#line: Promise<void> = Promise.resolve();
	#waiting = 0;
	/** The newest version that was heard of. */
	#heard = 0;
	/** What was shown before what the portal has not taken yet; null when it took everything. */
	#taken: Shown | null = null;

	constructor(page: PlaylistPage, keeping: Keeping) {
		this.#keeping = keeping;
		this.#show(page);
	}

	get about() {
		return this.#about;
	}
	get items() {
		return this.#items;
	}
	get hasMore() {
		return this.#next !== null;
	}
	/** Where the following part begins; null when all is shown. */
	get next() {
		return this.#next;
	}
	get isReading() {
		return this.#isReading;
	}

	/** Listens to news; returns what ends it. */
	start(): () => void {
		return this.#keeping.onplaylist((id, version) => {
			if (id !== '' && id !== this.#about.id) return;
			this.#heard = Math.max(this.#heard, version);
			if (this.#waiting === 0) this.#enqueue(() => {});
		});
	}

	/** The following part, once. */
	async more(): Promise<void> {
		if (this.#next === null || this.#isReading) return;
		this.#isReading = true;
		try {
			const page = await (await this.#keeping.api).playlist(this.#about.id, this.#next);
			this.#items = joined(this.#items, page.items);
			this.#next = page.next;
		} catch (error) {
			this.#keeping.fail('The rest of this playlist could not be read.', error);
		} finally {
			this.#isReading = false;
		}
	}

	rename(name: string) {
		this.#keepTaken();
		this.#about = { ...this.#about, name };
		this.#change({ name }, 'The name is as it was.');
	}

	describe(text: string) {
		this.#keepTaken();
		this.#about = { ...this.#about, text };
		this.#change({ text }, 'The text is as it was.');
	}

	show(visibility: Playlist['visibility']) {
		this.#keepTaken();
		this.#about = { ...this.#about, visibility };
		this.#change({ visibility }, 'Who sees it is as it was.');
	}

	/** Whether others may change what is in it. */
	open(isOpen: boolean) {
		this.#keepTaken();
		this.#about = { ...this.#about, isOpen };
		this.#change({ isOpen }, 'Who may change it is as it was.');
	}

	/** Among one's own, or not any more. */
	async join(hasJoined: boolean) {
		const { id, name } = this.#about;
		this.#about = { ...this.#about, hasJoined };
		try {
			await (await this.#keeping.api).join(id, hasJoined);
			if (hasJoined) this.#keeping.say({ text: `“Add to playlist…” offers ${name} now` });
		} catch (error) {
			this.#about = { ...this.#about, hasJoined: !hasJoined };
			this.#keeping.fail(`${name} is where it was.`, error);
		}
	}

	/** Shown at once; `settle` says when it is meant, as keys come fast. */
	preview(itemId: string, after: string | null) {
		this.#keepTaken();
		this.#items = movedBehind(this.#items, itemId, after);
	}

	move(itemId: string, after: string | null) {
		this.preview(itemId, after);
		this.#change({ move: [{ itemId, after }] }, 'The order is as it was.');
	}

	remove(item: PlaylistItem) {
		this.#keepTaken();
		this.#items = this.#items.filter(({ id }) => id !== item.id);
		this.#about = { ...this.#about, itemCount: this.#about.itemCount - 1 };
		this.#change({ remove: [item.id] }, `“${item.title}” is still here.`);
		this.#keeping.say({
			text: `“${item.title}” was taken out`,
			action: {
				label: 'Undo',
				run: () => this.#change({ restore: [item.id] }, `“${item.title}” is still out.`, true)
			}
		});
	}

	#change(asked: Asked, failed: string, isReadAfter = false) {
		this.#enqueue(async () => {
			const { version } = this.#about;
			try {
				const changed = await (
					await this.#keeping.api
				).change(this.#about.id, { version, ...asked });
				this.#about = { ...this.#about, version: changed.version };
				if (this.#waiting === 1) this.#taken = null;
				if (changed.base !== version || isReadAfter) this.#heard = Infinity;
			} catch (error) {
				if (error instanceof ChangedElsewhere) return this.#giveWay(error.current, asked, failed);
				this.#keeping.fail(failed, error);
				this.#heard = Infinity;
			}
		});
	}

	/** Somebody else was there first: theirs is shown, and what was meant here can be done upon it. */
	#giveWay(current: PlaylistPage, asked: Asked, failed: string) {
		this.#show(current);
		this.#heard = 0;
		this.#keeping.say({
			text: `This playlist was changed elsewhere meanwhile. ${failed}`,
			action: { label: 'Do mine too', run: () => this.#change(asked, failed, true) }
		});
	}

	#enqueue(work: () => Promise<void> | void) {
		this.#waiting += 1;
		this.#line = this.#line.then(work).then(async () => {
			this.#waiting -= 1;
			if (this.#waiting === 0) await this.#catchUp();
		});
	}

	/** Reads what is shown afresh, when it is known to be older than what is there. */
	async #catchUp() {
		if (this.#heard <= this.#about.version) return;
		const shown = this.#items.length;
		try {
			let page = await (await this.#keeping.api).playlist(this.#about.id, null);
			const items = [...page.items];
			while (items.length < shown && page.next !== null) {
				const following = await (await this.#keeping.api).playlist(this.#about.id, page.next);
				items.push(...following.items);
				page = { ...page, next: following.next };
			}
			// Something was done here meanwhile: it comes first, and this afterwards.
			if (this.#waiting > 0) return;
			this.#heard = page.version;
			this.#show({ ...page, items });
		} catch {
			// Until the next change or news it stays as it is shown, without what was not taken.
			this.#heard = 0;
			if (this.#taken) ({ about: this.#about, items: this.#items, next: this.#next } = this.#taken);
			this.#taken = null;
		}
	}

	#keepTaken() {
		this.#taken ??= { about: this.#about, items: this.#items, next: this.#next };
	}

	#show({ items, next, ...about }: PlaylistPage) {
		this.#taken = null;
		this.#about = about;
		this.#items = items;
		this.#next = next;
	}
}
