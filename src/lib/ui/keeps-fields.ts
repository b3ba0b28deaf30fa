import type { SubmitFunction } from '@sveltejs/kit';

/** For `enhance`: what was typed stays in its fields when the answer is there. */
export const keepsFields: SubmitFunction =
	() =>
	({ update }) =>
		update({ reset: false });
