import { coverAt, type CoverSize, type Track } from '#contracts/track';

const ARTWORK: readonly CoverSize[] = [96, 256, 512];
const STEP_SECONDS = 10;

/** What keys, headphones and lock screens may ask of the player. */
export interface Remote {
	resume(): void;
	pause(): void;
	next(): void;
	previous(): void;
	seek(seconds: number): void;
	seekBy(seconds: number): void;
}

export interface Standing {
	track: Track | null;
	isPlaying: boolean;
	seconds: number;
	duration: number;
}

/** Shows what plays outside the page, where the browser can. */
export class SystemControls {
	readonly #session: MediaSession | null;

	constructor(session: MediaSession | null) {
		this.#session = session;
	}

	/** Returns what gives the keys back. */
	connect(remote: Remote): () => void {
		const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
			['play', () => remote.resume()],
			['pause', () => remote.pause()],
			['stop', () => remote.pause()],
			['nexttrack', () => remote.next()],
			['previoustrack', () => remote.previous()],
			['seekforward', ({ seekOffset }) => remote.seekBy(seekOffset ?? STEP_SECONDS)],
			['seekbackward', ({ seekOffset }) => remote.seekBy(-(seekOffset ?? STEP_SECONDS))],
			['seekto', ({ seekTime }) => seekTime !== undefined && remote.seek(seekTime)]
		];
		for (const [action, handler] of handlers) this.#handle(action, handler);
		return () => {
			for (const [action] of handlers) this.#handle(action, null);
		};
	}

	/** `base` makes the covers' addresses whole: the system reads them, not the page. */
	show({ track, isPlaying, seconds, duration }: Standing, base: string) {
		const session = this.#session;
		if (!session) return;
		session.metadata = track && metadataOf(track, base);
		session.playbackState = track ? (isPlaying ? 'playing' : 'paused') : 'none';
		this.place(seconds, duration);
	}

	place(seconds: number, duration: number) {
		if (!this.#session || !(duration > 0) || !Number.isFinite(duration)) return;
		this.#session.setPositionState({ duration, position: Math.min(seconds, duration) });
	}

	#handle(action: MediaSessionAction, handler: MediaSessionActionHandler | null) {
		try {
			this.#session?.setActionHandler(action, handler);
		} catch {
			// this browser does not know that key
		}
	}
}

function metadataOf({ title, artist, release, coverUrl }: Track, base: string): MediaMetadata {
	const artwork = coverUrl
		? ARTWORK.map((size) => ({
				src: new URL(coverAt(coverUrl, size), base).href,
				sizes: `${size}x${size}`,
				type: 'image/webp'
			}))
		: [];
	return new MediaMetadata({ title, artist, album: release ?? '', artwork });
}
