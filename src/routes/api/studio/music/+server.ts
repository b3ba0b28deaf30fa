import { Problem } from '#contracts/problem';
import { ownMusicPage } from '../../../studio/own-music-page.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, locals }) => {
	if (!locals.person) throw new Problem('unauthorized');
	const cursor = url.searchParams.get('cursor');
	return Response.json(await ownMusicPage(locals.portal.catalogue, locals.person, cursor));
};
