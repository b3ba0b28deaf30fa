import * as v from 'valibot';

/**
 * What is done with a file that has arrived, in this order. Those from `measure` on are done behind everything else,
 * with a track that plays already.
 */
export const STAGES = [
	'verify',
	'identify',
	'listen',
	'tags',
	'cover',
	'encode',
	'compare',
	'measure',
	'gapless',
	'aac',
	'opus'
] as const;
export type Stage = (typeof STAGES)[number];

/** A file that is worked on at this moment. */
export const Working = v.object({
	uploadId: v.string(),
	/** Null until it is a track. */
	trackId: v.nullable(v.string()),
	stage: v.picklist(STAGES)
});
export type Working = v.InferOutput<typeof Working>;
