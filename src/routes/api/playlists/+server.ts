import { NewPlaylist } from '#contracts/playlist';
import { Problem } from '#contracts/problem';
import { MAX_PAGE } from '#contracts/track';
import { limitOf } from '../asked.ts';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const limit = limitOf(url, { usual: 50, most: MAX_PAGE });
	const cursor = url.searchParams.get('cursor');
	return Response.json(
		await portal.catalogue.playlists.page(person, { limit, cursor, joined: true })
	);
};

export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const made = await portal.playlists.create(person, await readBody(request, NewPlaylist));
	return Response.json(made, {
		status: 201,
		headers: { Location: `/api/playlists/${made.id}` }
	});
};
