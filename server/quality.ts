/** What there is to say of a recording without listening to it; null where it is not known. */
export interface Quality {
	isLossless: boolean | null;
	bitsPerSecond: number | null;
	hertz: number | null;
	/** Bits a sample; 0 for formats that have none. */
	depth: number | null;
	/** What people call it: FLAC, MP3. */
	format: string;
}

/** How many bits of MP3 a bit is worth: newer formats need fewer of them. */
const WORTH: Record<string, number> = { Opus: 1.6, AAC: 1.3, 'Ogg Vorbis': 1.3, Musepack: 1.2 };
/** Less is no difference, but another way to count. */
const NOTICEABLE = 1.02;

/** Whether the same music is noticeably better in `a` than in `b`. What is not known is never better or worse. */
export function isBetter(a: Quality, b: Quality): boolean {
	if (a.isLossless === null || b.isLossless === null) return false;
	if (a.isLossless !== b.isLossless) return a.isLossless;
	return valueOf(a) > valueOf(b) * NOTICEABLE;
}

/** Among lossless ones what they hold, among others what they spend. */
function valueOf({ isLossless, bitsPerSecond, hertz, depth, format }: Quality): number {
	if (isLossless) return (hertz ?? 0) * (depth || 16);
	return (bitsPerSecond ?? 0) * (WORTH[format] ?? 1);
}
