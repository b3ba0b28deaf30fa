import * as v from 'valibot';
import { MAX_BATCH } from './upload.ts';

/** For so long what was deleted may be put back. */
export const BIN_DAYS = 30;

/** `POST /api/studio/bin`: some tracks of one person, or a whole release, by their ids. */
export const DeleteMusic = v.union([
	v.object({ tracks: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_BATCH)) }),
	v.object({ release: v.string() })
]);
export type DeleteMusic = v.InferOutput<typeof DeleteMusic>;

/** The answer: `id` puts it back. */
export const Deleted = v.object({ id: v.string(), tracks: v.number() });
export type Deleted = v.InferOutput<typeof Deleted>;

/** What was deleted together. */
export interface BinEntry {
	id: string;
	/** Title of the release, or of the first track. */
	name: string;
	artist: string;
	/** Whether it is a whole release. */
	isRelease: boolean;
	tracks: number;
	/** What it takes of its artist's space. */
	bytes: number;
	/** Until it is erased by itself; at least one. */
	daysLeft: number;
	coverUrl?: string;
	coverColor?: string;
}

/** Newest first; `next` is the cursor of the following page. */
export interface BinPage {
	entries: BinEntry[];
	next: string | null;
}
