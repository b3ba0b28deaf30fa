import { Problem, problemCode } from '#contracts/problem';
import { signedIn } from '../../../signed-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.depends('segue:matches');
	const person = signedIn(event);
	const { catalogue, matching } = event.locals.portal;
	const { id } = event.params;
	const [release] = await catalogue.releases.inOrder([id], person);
	if (!release) throw new Problem('not_found');
	const match = await matching.read(person, id).catch((error: unknown) => {
		if (problemCode(error) === 'not_found') return null;
		throw error;
	});
	return { release, match, isOn: matching.isOn };
};
