import type { LayoutServerLoad } from './$types';

/** Each page asks for itself who it is: what is refused there is answered with its own status. */
export const load: LayoutServerLoad = async ({ locals, depends }) => {
	depends('segue:jobs', 'segue:reports');
	if (locals.person?.role !== 'owner') return { openReports: 0, givenUp: 0 };
	const { deadLetters, moderation } = locals.portal;
	const counts = await deadLetters.counts();
	return {
		openReports: await moderation.openReports(),
		givenUp: counts.reduce((sum, { dead }) => sum + dead, 0)
	};
};
