import { releaseAsk } from '../ask.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url, locals }) =>
	Response.json(await locals.portal.catalogue.browse.releases(releaseAsk(url)));
