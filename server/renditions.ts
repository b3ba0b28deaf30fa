import type { RenditionKind } from '#contracts/track';

/** What tracks are encoded to. */
export const RENDITIONS = {
	/** AAC-LC in MP4, its index first, so that it plays while it loads. */
	aac: { ending: 'm4a', type: 'audio/mp4', bitsPerSecond: 256_000 },
	/** Opus in Ogg: half the bytes, hardly less to hear. */
	opus: { ending: 'opus', type: 'audio/ogg; codecs=opus', bitsPerSecond: 128_000 }
} as const satisfies Record<RenditionKind, { ending: string; type: string; bitsPerSecond: number }>;

/** To save less than this is not worth what encoding again takes away. */
const WORTHWHILE = 1.25;
/** One channel needs not much more than half of what two take. */
const MONO_PART = 0.625;

/** Below the storage folder, named by the original's content. */
export function renditionPath(sha256: string, kind: RenditionKind): string {
	return `renditions/${sha256.slice(0, 2)}/${sha256}.${RENDITIONS[kind].ending}`;
}

/** Below the storage folder, named by the original's content. */
export function peaksPath(sha256: string): string {
	return `peaks/${sha256.slice(0, 2)}/${sha256}.json`;
}

/** What a track gets: all that is long or does not play gets AAC, and Opus whatever takes more bits than that. */
export function renditionsOf(sound: {
	isLossless: boolean;
	playsAs: string | null;
	bitsPerSecond: number;
}): RenditionKind[] {
	const isHeavy = sound.bitsPerSecond > RENDITIONS.opus.bitsPerSecond * WORTHWHILE;
	return [
		...(sound.isLossless || sound.playsAs === null ? (['aac'] as const) : []),
		...(sound.isLossless || isHeavy ? (['opus'] as const) : [])
	];
}

/** Bits a second for so many channels. */
export function bitsFor(kind: RenditionKind, channels: number): number {
	return RENDITIONS[kind].bitsPerSecond * (channels === 1 ? MONO_PART : 1);
}
