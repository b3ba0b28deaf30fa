import { ownerOf } from './owner-only.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.depends('segue:jobs');
	ownerOf(event);
	const { deadLetters, readiness } = event.locals.portal;
	const [{ checks, isolation }, jobs] = await Promise.all([readiness(), deadLetters.counts()]);
	return { checks, isolation, jobs };
};
