import { ownerOf } from './owner-only.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	event.depends('segue:jobs', 'segue:reports');
	ownerOf(event);
	const { deadLetters, moderation } = event.locals.portal;
	const counts = await deadLetters.counts();
	return {
		openReports: await moderation.openReports(),
		givenUp: counts.reduce((sum, { dead }) => sum + dead, 0)
	};
};
