import { readFlac } from './flac.ts';
import { readMp3 } from './mp3.ts';
import type { Demuxer } from './sniff.ts';

/** What a file is whose end was seen to be there. */
export interface Outline {
	/** To be heard. */
	seconds: number;
	/** What its header says of the whole; null when it says nothing. */
	promisedSeconds: number | null;
	hertz: number;
	channels: number;
	/** Of the sound alone. */
	bitsPerSecond: number;
	/** Bits a sample; 0 for formats that have none. */
	depth: number;
}

/** The kinds that are plain enough to be read without a decoder. */
const PLAIN = ['mp3', 'flac'] as const satisfies readonly Demuxer[];
export type Plain = (typeof PLAIN)[number];

export const isPlain = (demuxer: Demuxer): demuxer is Plain =>
	PLAIN.some((plain) => plain === demuxer);

/** Null for a file that is not as plain as its kind can be: a decoder has to look at it. */
export async function outlineOf(file: string, demuxer: Plain): Promise<Outline | null> {
	return demuxer === 'mp3' ? readMp3(file) : readFlac(file);
}
