import { pageUrl } from '$lib/pages/addresses.ts';
import { escaped } from '$lib/pages/markup.ts';
import type { RequestHandler } from './$types';

/** The newest: a whole catalogue would cost every visitor of the moment, and search engines follow links. */
const RELEASES = 500;
const TRACKS = 500;

export const GET: RequestHandler = async ({ locals }) => {
	const { releases, tracks } = locals.portal.catalogue;
	const { site } = locals;
	const [latest, songs] = await Promise.all([
		releases.latest({ limit: RELEASES }),
		tracks.latest({ limit: TRACKS })
	]);
	const artists = new Set([...latest, ...songs].map(({ artistSlug }) => artistSlug));
	const pages = [
		`${site}/`,
		...latest.map(({ slug }) => pageUrl(site, 'releases', slug)),
		...songs.map(({ slug }) => pageUrl(site, 'tracks', slug)),
		...Array.from(artists, (slug) => pageUrl(site, 'artists', slug))
	];
	const xml = [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
		...pages.map((page) => `<url><loc>${escaped(page)}</loc></url>`),
		'</urlset>',
		''
	].join('\n');
	return new Response(xml, {
		headers: {
			'Content-Type': 'application/xml; charset=utf-8',
			'Cache-Control': 'public, max-age=3600'
		}
	});
};
