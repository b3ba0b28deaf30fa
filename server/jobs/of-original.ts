import * as v from 'valibot';
import type { Sound } from '../media/workshop.ts';

type Demuxer = Sound['demuxer'];

/** As ingest found it. To ask again what is in a file costs as long as to measure a short song. */
const FoundSound = v.object({
	demuxer: v.custom<Demuxer>((name) => typeof name === 'string' && /^[a-z\d]+$/.test(name)),
	durationSeconds: v.number(),
	hertz: v.number(),
	channels: v.number(),
	format: v.string(),
	mayBeCut: v.boolean(),
	playsAs: v.nullable(v.string()),
	isLossless: v.boolean(),
	bitsPerSecond: v.number(),
	depth: v.number()
}) satisfies v.GenericSchema<unknown, Sound>;

/** What the jobs of a track's original are told. */
export const OfOriginal = v.object({
	trackId: v.string(),
	/** The original that was meant: the track may have a better one by the time the job runs. */
	sha256: v.string(),
	/** What is in it; absent for work that was found again at a start. */
	sound: v.optional(FoundSound)
});
export type OfOriginal = v.InferOutput<typeof OfOriginal>;
