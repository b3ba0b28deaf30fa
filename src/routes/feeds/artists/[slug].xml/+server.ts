import { Problem } from '#contracts/problem';
import { rss } from '$lib/pages/feed.ts';
import type { RequestHandler } from './$types';

const ITEMS = 100;

export const GET: RequestHandler = async ({ params, request, locals }) => {
	const { artists, feeds } = locals.portal.catalogue;
	const artist = await artists.headOf(params.slug);
	const items = artist ? await feeds.ofArtist(artist.id, ITEMS) : [];
	const [newest] = items;
	// An artist of whom nothing is public is as unknown as one who is not here.
	if (!artist || !newest) throw new Problem('not_found');
	const xml = rss({ artist, items, site: locals.site });
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(xml));
	const tag = `W/"${Buffer.from(digest).toString('base64url').slice(0, 22)}"`;
	const modified = new Date(newest.track.createdAt);
	modified.setMilliseconds(0); // the header has none
	const headers = {
		ETag: tag,
		'Last-Modified': modified.toUTCString(),
		'Cache-Control': 'public, max-age=300',
		'Access-Control-Allow-Origin': '*'
	};
	if (isKnown(request.headers, tag, modified)) return new Response(null, { status: 304, headers });
	return new Response(xml, {
		headers: { ...headers, 'Content-Type': 'application/rss+xml; charset=utf-8' }
	});
};

/** RFC 9110: a tag that is asked for decides, and the date only without one. */
function isKnown(headers: Headers, tag: string, modified: Date): boolean {
	const tags = headers.get('if-none-match');
	if (tags !== null) {
		const opaque = (text: string) => text.trim().replace(/^W\//, '');
		return tags.split(',').some((each) => each.trim() === '*' || opaque(each) === opaque(tag));
	}
	const since = Date.parse(headers.get('if-modified-since') ?? '');
	return !Number.isNaN(since) && modified.getTime() <= since;
}
