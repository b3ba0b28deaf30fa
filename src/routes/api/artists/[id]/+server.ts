import { ArtistChanges } from '#contracts/artist';
import { Problem } from '#contracts/problem';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const PATCH: RequestHandler = async ({ params, request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const said = await readBody(request, ArtistChanges);
	await portal.profiles.describeArtist(person, params.id, said);
	return new Response(null, { status: 204 });
};
