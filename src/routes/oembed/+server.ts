import { Problem } from '#contracts/problem';
import { coverAt } from '#contracts/cover';
import { embedUrl, pageUrl, playableAt } from '$lib/pages/addresses.ts';
import { escaped } from '$lib/pages/markup.ts';
import type { RequestHandler } from './$types';

/** CSS pixels. */
const WIDTH = 480;
const LEAST_WIDTH = 240;
const HEIGHT = { tracks: 168, releases: 400 };
const COVER = 512;

export const GET: RequestHandler = async ({ url, locals }) => {
	const format = url.searchParams.get('format') ?? 'json';
	if (format !== 'json') return new Response('Only format=json is spoken here.', { status: 501 });
	const hosts = [url.host, new URL(locals.site).host];
	const found = playableAt(url.searchParams.get('url') ?? '', hosts);
	if (!found) throw new Problem('not_found');
	const { kind, slug } = found;
	// Asked for the whole world, whoever is signed in.
	const { tracks, releases } = locals.portal.catalogue;
	const music = await (kind === 'tracks' ? tracks : releases).bySlug(slug, null);
	if (!music) throw new Problem('not_found');
	const width = Math.max(LEAST_WIDTH, atMost(url.searchParams.get('maxwidth'), WIDTH));
	const height = atMost(url.searchParams.get('maxheight'), HEIGHT[kind]);
	const title = `${music.title} by ${music.artist}`;
	const src = embedUrl(locals.site, kind, music.slug);
	return Response.json(
		{
			version: '1.0',
			type: 'rich',
			provider_name: 'Segue',
			provider_url: locals.site,
			title,
			author_name: music.artist,
			author_url: pageUrl(locals.site, 'artists', music.artistSlug),
			cache_age: 3600,
			...(music.coverUrl && {
				thumbnail_url: locals.site + coverAt(music.coverUrl, COVER, 'jpg'),
				thumbnail_width: COVER,
				thumbnail_height: COVER
			}),
			width,
			height,
			html: `<iframe src="${escaped(src)}" width="${width}" height="${height}" title="${escaped(title)}" loading="lazy" style="border:0" allow="autoplay; encrypted-media"></iframe>`
		},
		{ headers: { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=300' } }
	);
};

function atMost(asked: string | null, most: number): number {
	return asked !== null && /^\d{1,5}$/.test(asked) ? Math.min(Number(asked), most) : most;
}
