import type { FeedItem } from '#contracts/feed';
import { coverAt } from '#contracts/cover';
import { feedUrl, pageUrl } from './addresses.ts';
import { escaped } from './markup.ts';

interface Channel {
	artist: { slug: string; name: string; text: string | null; pictureUrl?: string };
	/** Newest first. */
	items: readonly FeedItem[];
	/** The address that the portal is known by. */
	site: string;
}

/** RSS 2.0 with what podcast programs look for. A guid is the track's id, so that a new title is no new track. */
export function rss({ artist, items, site }: Channel): string {
	const page = pageUrl(site, 'artists', artist.slug);
	const picture =
		artist.pictureUrl ?? items.find(({ track }) => track.coverUrl)?.track.coverUrl ?? null;
	const image = picture && site + coverAt(picture, 1024, 'jpg');
	const description = artist.text ?? `Music by ${artist.name}`;
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">',
		'<channel>',
		element('title', artist.name),
		element('link', page),
		element('description', description),
		element('language', 'en'),
		`<atom:link href="${escaped(feedUrl(site, artist.slug))}" rel="self" type="application/rss+xml"/>`,
		element('generator', 'Segue'),
		element('itunes:author', artist.name),
		element('itunes:summary', description),
		element('itunes:type', 'episodic'),
		element('itunes:explicit', 'false'),
		'<itunes:category text="Music"/>',
		...(image
			? [
					`<itunes:image href="${escaped(image)}"/>`,
					`<image>${element('url', image)}${element('title', artist.name)}${element('link', page)}</image>`
				]
			: []),
		...items.map((item) => itemOf(item, site)),
		'</channel>',
		'</rss>',
		''
	].join('\n');
}

function itemOf({ track, enclosure }: FeedItem, site: string): string {
	const page = pageUrl(site, 'tracks', track.slug);
	const facts = [track.release, track.year, track.genre]
		.filter((fact) => fact !== null)
		.join(' · ');
	return [
		'<item>',
		element('title', track.title),
		element('link', page),
		`<guid isPermaLink="false">${escaped(track.id)}</guid>`,
		element('pubDate', new Date(track.createdAt).toUTCString()),
		element('description', facts || `By ${track.artist}`),
		`<enclosure url="${escaped(site + enclosure.url)}" length="${enclosure.bytes}" type="${escaped(enclosure.type)}"/>`,
		element('itunes:author', track.artist),
		element('itunes:duration', String(Math.round(track.durationSeconds))),
		element('itunes:explicit', 'false'),
		element('itunes:episodeType', 'full'),
		...(track.coverUrl
			? [`<itunes:image href="${escaped(site + coverAt(track.coverUrl, 1024, 'jpg'))}"/>`]
			: []),
		'</item>'
	].join('\n');
}

function element(name: string, text: string): string {
	return `<${name}>${escaped(text)}</${name}>`;
}
