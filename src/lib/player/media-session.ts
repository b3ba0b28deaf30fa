import { coverAt, type CoverSize } from '#contracts/cover';
import type { Track } from '#contracts/track';

const ARTWORK: readonly CoverSize[] = [96, 256, 512, 1024];
const STEP_SECONDS = 10;

/** What keys, headphones and lock screens may ask of the player. */
export interface Remote {
	resume(): void;
	pause(): void;
	stop(): void;
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
	/** Times the usual one. */
	speed: number;
}

/** Shows what plays outside the page, where the browser can. */
export class SystemControls {
	readonly #session: MediaSession | null;
	#shown: Track | null = null;

	constructor(session: MediaSession | null) {
		this.#session = session;
	}

	/** Returns what gives the keys back. */
	connect(remote: Remote): () => void {
		const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
			['play', () => remote.resume()],
			['pause', () => remote.pause()],
			['stop', () => remote.stop()],
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
	show({ track, isPlaying, ...place }: Standing, base: string) {
		const session = this.#session;
		if (!session) return;
		// Handed over again the pictures would be fetched again.
		if (track !== this.#shown) session.metadata = track && metadataOf(track, base);
		this.#shown = track;
		session.playbackState = track ? (isPlaying ? 'playing' : 'paused') : 'none';
		this.#place(place);
	}

	/** The system counts on by itself: it is told only when something changes. */
	#place({ seconds, duration, speed }: Pick<Standing, 'seconds' | 'duration' | 'speed'>) {
		if (!(duration > 0) || !Number.isFinite(duration)) return;
		const position = Math.max(0, Math.min(seconds, duration));
		this.#session?.setPositionState({ duration, position, playbackRate: speed });
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
