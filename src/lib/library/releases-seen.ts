import type { Release } from '#contracts/release';

/** For the way back: what was shown of a list that goes on, and how far down, in pixels. */
export interface ReleasesSeen {
	items: readonly Release[];
	next: string | null;
	top: number;
}
