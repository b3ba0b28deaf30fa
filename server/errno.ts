/** The system's name for what went wrong, such as `ENOENT`; null for every other error. */
export function errnoOf(error: unknown): string | null {
	return error instanceof Error && 'code' in error && typeof error.code === 'string'
		? error.code
		: null;
}
