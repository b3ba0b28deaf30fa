import { Problem } from '#contracts/problem';
import type { DraftUploads } from '#contracts/upload';
import type { RequestHandler } from './$types';

/** As many as the studio shows at most. */
const MOST = 20_000;

export const GET: RequestHandler = async ({ locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const ids = await portal.catalogue.tracks.draftUploads(person.id, { limit: MOST });
	return Response.json({ ids } satisfies DraftUploads);
};
