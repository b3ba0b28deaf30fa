import type { PageLoad } from './$types';

/** What only some see comes with the page for those, so that nothing moves; nobody else loads it. */
export const load: PageLoad = async ({ data }) => {
	const [drafts, continued] = await Promise.all([
		data.drafts.length > 0 ? import('./Unpublished.svelte') : null,
		data.continued.length > 0 ? import('$lib/library/ContinueShelf.svelte') : null
	]);
	return { ...data, Unpublished: drafts?.default, ContinueShelf: continued?.default };
};
