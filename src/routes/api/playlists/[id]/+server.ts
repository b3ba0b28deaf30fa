import { PLAYLIST_PAGE, PlaylistChange } from '#contracts/playlist';
import { Problem, problemBody, problemCode, STATUS } from '#contracts/problem';
import { limitOf } from '../../asked.ts';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, url, locals }) => {
	const limit = limitOf(url, { usual: PLAYLIST_PAGE, most: PLAYLIST_PAGE });
	const cursor = url.searchParams.get('cursor');
	const { playlists } = locals.portal.catalogue;
	const playlist = await playlists.read({ id: params.id }, locals.person, { limit, cursor });
	if (!playlist) throw new Problem('not_found');
	return Response.json(playlist);
};

/** What contradicts a newer version is answered with that version: its first items, and where they go on. */
export const PATCH: RequestHandler = async ({ params, request, locals }) => {
	const { person, portal, requestId } = locals;
	if (!person) throw new Problem('unauthorized');
	const change = await readBody(request, PlaylistChange);
	try {
		return Response.json(await portal.playlists.change(person, params.id, change));
	} catch (error) {
		const code = problemCode(error);
		if (code !== 'playlist_changed') throw error;
		const part = { limit: PLAYLIST_PAGE, cursor: null };
		const current = await portal.catalogue.playlists.read({ id: params.id }, person, part);
		return Response.json(
			{ ...problemBody(code, requestId), current },
			{
				status: STATUS[code],
				headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' }
			}
		);
	}
};

export const DELETE: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.playlists.remove(person, params.id);
	return new Response(null, { status: 204 });
};
