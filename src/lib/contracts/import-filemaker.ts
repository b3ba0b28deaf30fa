import * as v from 'valibot';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** A catalogue kept in FileMaker, read by its Data API. */
export const FileMakerOrder = v.object({
	source: v.literal('filemaker'),
	url: v.pipe(v.string(), v.maxLength(2000), v.url()),
	database: name,
	username: name,
	password: v.pipe(v.string(), v.maxLength(1000)),
	layout: name,
	/** Our fields by the names of theirs: `file` is the container with the music. */
	fields: v.record(name, name),
	publish: v.optional(v.boolean())
});
export type FileMakerOrder = v.InferOutput<typeof FileMakerOrder>;
