import * as v from 'valibot';

/**
 * Whole small files in one request, `POST /files/bundle`: a line of JSON that says what follows, and then the bytes of
 * each file in that order. A request costs either end more than twenty kilobytes do.
 */
export const BUNDLE_PATH = '/files/bundle';

/** What a bundle may hold. */
export const MOST_BUNDLED = {
	files: 32,
	/** Of one file. */
	fileBytes: 128 * 1024,
	/** Of all of them together. */
	bytes: 1024 * 1024
} as const;

export const BundledFile = v.object({
	/** The upload's own, as registration gave it. */
	id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
	/** Bytes: all of the file. */
	size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_BUNDLED.fileBytes)),
	/** In hexadecimal; absent where a browser cannot compute one. */
	sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))
});
export type BundledFile = v.InferOutput<typeof BundledFile>;

export const Bundle = v.pipe(
	v.array(BundledFile),
	v.minLength(1),
	v.maxLength(MOST_BUNDLED.files),
	v.check(
		(files) => files.reduce((sum, { size }) => sum + size, 0) <= MOST_BUNDLED.bytes,
		'is more than a bundle may hold'
	)
);

/** Of each file, in the same order, whether all of it is there now. What is not there goes the ordinary way. */
export const BundleAnswer = v.object({
	files: v.array(v.object({ id: v.string(), isThere: v.boolean() }))
});
export type BundleAnswer = v.InferOutput<typeof BundleAnswer>;
