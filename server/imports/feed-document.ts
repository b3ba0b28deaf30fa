import type { Chapter } from '#contracts/chapter';
import type { Description } from '#contracts/upload';
import { chaptersInNotes, secondsOf, tidyChapters } from '../chapters.ts';
import { cleanText, partialDate } from '../metadata.ts';
import { nameFromUrl } from './download.ts';
import { locatorOf } from './enclosed.ts';
import type { ListedItem } from './items.ts';
import { SourceError } from './source-error.ts';
import { attribute, node, nodes, parseXml, text, type XmlNode } from './xml.ts';

/** Of one document; older episodes are on its next page, if the feed has pages. */
const MAX_EPISODES = 10_000;

/** What is read of RSS 2.0 or Atom. */
export interface FeedDocument {
	title: string | null;
	items: ListedItem[];
	/** RFC 5005: where older items are. */
	next: string | null;
}

/** @throws SourceError not_understood, too_many_items */
export function parseFeed(source: string, base: URL | null): FeedDocument {
	const root = parseXml(source);
	const channel = node(node(root, 'rss'), 'channel');
	const atom = node(root, 'feed');
	const of = channel ?? atom;
	if (!of) throw new SourceError('not_understood', 'source');
	const entries = channel ? nodes(channel, 'item') : nodes(atom, 'entry');
	if (entries.length > MAX_EPISODES) throw new SourceError('too_many_items', 'source');
	const title = cleanText(text(of, 'title'));
	const author = authorOf(of) ?? title;
	const next = [...nodes(of, 'atom:link'), ...nodes(of, 'link')].find(
		(link) => attribute(link, 'rel') === 'next'
	);
	const folder = cleanText(title?.replaceAll(/[\\/]/g, ' ') ?? null) ?? 'Feed';
	const items = entries.flatMap((entry) =>
		itemsOf(entry, { base, album: title, artist: author, folder })
	);
	// A feed without a picture shows its newest episode's.
	const [newest] = entries.flatMap((entry) => pictureOf(entry, base) ?? []);
	const cover = items.length > 0 ? (coverOf(of, base) ?? newest ?? null) : null;
	return {
		title,
		items: cover === null ? items : [...items, coverItem(folder, cover)],
		next: absolute(attribute(next ?? null, 'href'), base)
	};
}

function itemsOf(
	entry: XmlNode,
	{
		base,
		album,
		artist,
		folder
	}: { base: URL | null; album: string | null; artist: string | null; folder: string }
): ListedItem[] {
	const id = text(entry, 'guid') ?? text(entry, 'id');
	const date = dateOf(text(entry, 'pubDate') ?? text(entry, 'published') ?? text(entry, 'updated'));
	const title = cleanText(text(entry, 'title') ?? text(entry, 'itunes:title'));
	const by = authorOf(entry) ?? artist;
	const episode = ordinal(text(entry, 'itunes:episode'), 9999);
	const season = ordinal(text(entry, 'itunes:season'), 999);
	const chapters = chaptersIn(entry);
	const chaptersUrl = chaptersUrlOf(entry, base);
	const picture = pictureOf(entry, base);
	const beside = {
		...(chaptersUrl !== null && { chapters: chaptersUrl }),
		...(picture !== null && { picture })
	};
	const describe: Description = {
		...(title !== null && { title }),
		...(by !== null && { artist: by }),
		...(album !== null && { album, albumArtist: artist }),
		...(date !== null && { date }),
		...(episode !== null && { trackNumber: episode }),
		...(season !== null && { discNumber: season }),
		...(chapters.length > 0 && { chapters })
	};
	return enclosuresOf(entry).flatMap(({ href, type, length }, at) => {
		const url = absolute(href, base);
		if (url === null || !URL.canParse(url)) return [];
		const size = Number(length);
		const sourceId = id === null ? url : at === 0 ? id : `${id}#${at}`;
		return {
			sourceId: sourceId.slice(0, 1_000),
			name: nameFromUrl(new URL(url)),
			path: `${folder}/${nameFromUrl(new URL(url))}`,
			locator: locatorOf({ url, ...beside }),
			// Addresses may carry a token of the day; the length and the date are the episode's own.
			changed: `${length ?? ''} ${text(entry, 'updated') ?? ''}`.trim(),
			...(type !== null && { type }),
			...(Number.isSafeInteger(size) && size > 0 && { size }),
			describe
		};
	});
}

/** The picture of the feed: iTunes’ own, RSS 2.0’s or Atom’s. */
function coverOf(of: XmlNode, base: URL | null): string | null {
	return absolute(
		attribute(node(of, 'itunes:image'), 'href') ??
			text(node(of, 'image'), 'url') ??
			text(of, 'logo'),
		base
	);
}

/** A picture beside the episodes, as people keep them: it is for those that have none. */
function coverItem(folder: string, url: string): ListedItem {
	return {
		sourceId: `cover ${url}`.slice(0, 1_000),
		...{ name: 'cover.jpg', path: `${folder}/cover.jpg`, locator: url.slice(0, 4_000) }
	};
}

/** Of an episode alone. */
const pictureOf = (entry: XmlNode, base: URL | null) =>
	absolute(attribute(node(entry, 'itunes:image'), 'href'), base);

/** Podlove Simple Chapters, else the lines of the show notes that begin with a time. */
function chaptersIn(entry: XmlNode): Chapter[] {
	const simple = nodes(node(entry, 'psc:chapters'), 'psc:chapter').flatMap((chapter) => {
		const startSeconds = secondsOf(attribute(chapter, 'start') ?? '');
		return startSeconds === null ? [] : { startSeconds, title: attribute(chapter, 'title') };
	});
	if (simple.length > 0) return tidyChapters(simple);
	for (const name of ['content:encoded', 'description', 'itunes:summary', 'content', 'summary']) {
		const found = chaptersInNotes(text(entry, name) ?? '');
		if (found.length > 0) return found;
	}
	return [];
}

/** Podcasting 2.0's: a document of their own. */
function chaptersUrlOf(entry: XmlNode, base: URL | null): string | null {
	const given = nodes(entry, 'podcast:chapters').find((each) =>
		/^application\/(json|.+\+json|json\+chapters)\b/i.test(
			attribute(each, 'type') ?? 'application/json'
		)
	);
	return absolute(attribute(given ?? null, 'url'), base);
}

function enclosuresOf(entry: XmlNode) {
	const rss = nodes(entry, 'enclosure').map((each) => ({ each, href: attribute(each, 'url') }));
	const atom = nodes(entry, 'link')
		.filter((link) => attribute(link, 'rel') === 'enclosure')
		.map((each) => ({ each, href: attribute(each, 'href') }));
	return [...rss, ...atom]
		.map(({ each, href }) => ({
			href,
			type: attribute(each, 'type'),
			length: attribute(each, 'length')
		}))
		.filter(({ type }) => type === null || !/^(image|text|video)\//i.test(type));
}

const authorOf = (of: XmlNode) =>
	cleanText(
		text(of, 'itunes:author') ?? text(node(of, 'author'), 'name') ?? text(of, 'dc:creator')
	);

function absolute(href: string | null, base: URL | null): string | null {
	if (href === null) return null;
	if (base !== null) return URL.canParse(href, base) ? new URL(href, base).href : null;
	return URL.canParse(href) ? new URL(href).href : null;
}

/** RFC 822 or RFC 3339. */
function dateOf(value: string | null): string | null {
	const at = Date.parse(value ?? '');
	return Number.isNaN(at) ? null : partialDate(new Date(at).toISOString().slice(0, 10));
}

function ordinal(value: string | null, most: number): number | null {
	const number = Number(value);
	return value !== null && Number.isInteger(number) && number >= 1 && number <= most
		? number
		: null;
}
