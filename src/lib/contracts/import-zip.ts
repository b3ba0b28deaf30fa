import * as v from 'valibot';

/** An archive that was uploaded before. */
export const ZipOrder = v.object({
	source: v.literal('zip'),
	uploadId: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
	publish: v.optional(v.boolean())
});
export type ZipOrder = v.InferOutput<typeof ZipOrder>;
