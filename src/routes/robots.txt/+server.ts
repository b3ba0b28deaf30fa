import type { RequestHandler } from './$types';

/** Pages that are nobody's to find. What is unlisted says so itself: a list of it here would give it away. */
const OWN = [
	'/api/',
	'/admin',
	'/studio',
	'/upload',
	'/signin',
	'/setup',
	'/join',
	'/media/tracks/'
];

export const GET: RequestHandler = ({ locals }) =>
	new Response(
		[
			'User-agent: *',
			...OWN.map((path) => `Disallow: ${path}`),
			'',
			`Sitemap: ${locals.site}/sitemap.xml`,
			''
		].join('\n'),
		{ headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'max-age=3600' } }
	);
