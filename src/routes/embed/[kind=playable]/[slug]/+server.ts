import { Problem } from '#contracts/problem';
import { embedHtml } from '$lib/pages/embed.ts';
import type { RequestHandler } from './$types';

const POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"style-src-attr 'unsafe-inline'", // the accent of the cover
	"font-src 'self'",
	"img-src 'self'",
	"media-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	'frame-ancestors *'
].join('; ');

/** What others frame: seen as a visitor sees it, whoever is signed in. */
export const GET: RequestHandler = async ({ params, locals }) => {
	const { tracks, releases } = locals.portal.catalogue;
	const found =
		params.kind === 'tracks'
			? await tracks.bySlug(params.slug, null)
			: await releases.bySlug(params.slug, null);
	if (!found) throw new Problem('not_found');
	return new Response(embedHtml(found, locals.site), {
		headers: {
			'Content-Type': 'text/html; charset=utf-8',
			'Content-Security-Policy': POLICY,
			'Cache-Control': 'public, max-age=300'
		}
	});
};
