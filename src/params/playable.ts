import type { ParamMatcher } from '@sveltejs/kit';

/** What has an address under which others frame it. */
export const match = ((kind): kind is 'tracks' | 'releases' =>
	kind === 'tracks' || kind === 'releases') satisfies ParamMatcher;
