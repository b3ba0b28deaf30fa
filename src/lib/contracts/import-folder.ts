import * as v from 'valibot';

/** A folder of the server itself. For the owner alone, and only below IMPORT_ROOTS. */
export const FolderOrder = v.object({
	source: v.literal('folder'),
	path: v.pipe(v.string(), v.minLength(1), v.maxLength(4000)),
	/** `adopt` keeps one copy of the bytes where the file system can; the files themselves are never touched. */
	mode: v.optional(v.picklist(['copy', 'adopt']), 'copy'),
	watch: v.optional(v.boolean(), false),
	publish: v.optional(v.boolean())
});
export type FolderOrder = v.InferOutput<typeof FolderOrder>;
