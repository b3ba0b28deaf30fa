import { readFlac } from './flac.ts';
import { readMp3 } from './mp3.ts';
import type { Outline } from './outline.ts';
import type { Demuxer } from './sniff.ts';

/** The kinds that are plain enough to be read without a decoder. */
const PLAIN = ['mp3', 'flac'] as const satisfies readonly Demuxer[];
export type Plain = (typeof PLAIN)[number];

export const isPlain = (demuxer: Demuxer): demuxer is Plain =>
	PLAIN.some((plain) => plain === demuxer);

/** Null for a file that is not as plain as its kind can be: a decoder has to look at it. */
export async function outlineOf(file: string, demuxer: Plain): Promise<Outline | null> {
	return demuxer === 'mp3' ? readMp3(file) : readFlac(file);
}
