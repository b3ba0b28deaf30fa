/** What a track is encoded to, so that it plays everywhere, and over slow links. */
export const RENDITIONS = {
	/** AAC-LC in MP4, its index first, so that it plays while it loads. */
	aac: { ending: 'm4a', type: 'audio/mp4', bitsPerSecond: 256_000 },
	/** Opus in Ogg: half the bytes, hardly less to hear. */
	opus: { ending: 'opus', type: 'audio/ogg; codecs=opus', bitsPerSecond: 128_000 }
} as const;
export type RenditionKind = keyof typeof RENDITIONS;
export const RENDITION_KINDS = Object.keys(RENDITIONS) as RenditionKind[];

/** To save less than this is not worth what encoding again takes away. */
const WORTHWHILE = 1.25;

/** Below the storage folder, named by the original's content. */
export function renditionPath(sha256: string, kind: RenditionKind): string {
	return `renditions/${sha256.slice(0, 2)}/${sha256}.${RENDITIONS[kind].ending}`;
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

/** One voice needs not much more than half of what two take. */
export function bitsFor(kind: RenditionKind, channels: number): number {
	const { bitsPerSecond } = RENDITIONS[kind];
	return channels === 1 ? bitsPerSecond * 0.625 : bitsPerSecond;
}

/** ffmpeg's arguments for it, up to the file that it writes. */
export function encodingTo(
	kind: RenditionKind,
	{ channels, hertz }: { channels: number; hertz: number }
): string[] {
	const bits = String(bitsFor(kind, channels));
	const stereo = channels > 2 ? ['-ac', '2'] : [];
	switch (kind) {
		case 'aac':
			return [
				...['-c:a', 'aac', '-b:a', bits, ...stereo],
				...(hertz > 48_000 ? ['-ar', '48000'] : []),
				...['-movflags', '+faststart', '-f', 'mp4']
			];
		case 'opus':
			// Opus knows no 44.1 kHz: without a word ffmpeg would choose 48 by itself, and not for all.
			return ['-c:a', 'libopus', '-b:a', bits, ...stereo, '-ar', '48000', '-f', 'ogg'];
	}
}
