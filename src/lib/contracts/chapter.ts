import * as v from 'valibot';

/** Of one track. */
export const MAX_CHAPTERS = 500;
/** Characters. */
export const MAX_CHAPTER_TITLE = 200;
/** Two days: longer than anything that is uploaded in one piece. */
export const MAX_CHAPTER_SECONDS = 48 * 60 * 60;

/** A place in a track that has a name. The name may be a stranger's: text, never markup. */
export const Chapter = v.object({
	startSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_CHAPTER_SECONDS)),
	title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_CHAPTER_TITLE))
});
export type Chapter = v.InferOutput<typeof Chapter>;

export const Chapters = v.pipe(v.array(Chapter), v.maxLength(MAX_CHAPTERS));
