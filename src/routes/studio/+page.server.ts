import { signedIn } from '../signed-in.ts';
import { ownMusicPage } from './own-music-page.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends, url }) => {
	depends('segue:library');
	const person = signedIn({ locals, url });
	const cursor = url.searchParams.get('cursor');
	return {
		music: await ownMusicPage(locals.portal.catalogue, person, cursor),
		/** Whether the page begins in the middle of the list. */
		isLater: cursor !== null,
		/** Whether releases are looked up elsewhere for whoever asks. */
		matches: locals.portal.matching.isOn
	};
};
