import { createHash } from 'node:crypto';
import type { FeedOrder } from '#contracts/import';
import type { Description } from '#contracts/upload';
import { cleanText, partialDate } from '../metadata.ts';
import { download, nameFromUrl } from './download.ts';
import { MAX_PAGE, SourceError, type ListedItem, type Source } from './source.ts';
import { attribute, node, nodes, parseXml, text, type XmlNode } from './xml.ts';

/** Of one document; older episodes are on its next page, if the feed has pages. */
const MAX_EPISODES = 10_000;
const MAX_DOCUMENTS = 200;

/** Where listing stands: which document, which item of it, and how many documents came before. */
interface Cursor {
	url: string | null;
	at: number;
	document: number;
}

interface FeedDocument {
	title: string | null;
	items: ListedItem[];
	/** RFC 5005: where older items are. */
	next: string | null;
}

/** RSS 2.0 and Atom: what is enclosed is fetched, what a feed says of it goes over its tags. */
export const feed: Source<'feed'> = {
	place: (order) =>
		order.url ??
		createHash('sha256')
			.update(order.text ?? '')
			.digest('hex'),
	label: (order) => (order.url === undefined ? 'A feed' : new URL(order.url).hostname),

	async open(order: FeedOrder, { outgoing, signal }) {
		let held: { url: string | null; document: FeedDocument } | null = null;
		async function read(url: string | null): Promise<FeedDocument> {
			if (held && held.url === url) return held.document;
			const answer =
				url === null
					? { text: order.text ?? '', url: null }
					: await outgoing.text(url, {
							headers: {
								accept:
									'application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.1'
							},
							signal
						});
			const document = parseFeed(answer.text, answer.url);
			held = { url, document };
			return document;
		}
		const first = order.url ?? null;
		const { title } = await read(first);

		return {
			...(title !== null && { label: title }),
			async list(given) {
				const cursor: Cursor = given
					? (JSON.parse(given) as Cursor)
					: { url: first, at: 0, document: 1 };
				const { items, next } = await read(cursor.url);
				const end = cursor.at + MAX_PAGE;
				const page = items.slice(cursor.at, end);
				if (end < items.length)
					return { items: page, next: JSON.stringify({ ...cursor, at: end }) };
				const isLast = next === null || next === cursor.url || cursor.document >= MAX_DOCUMENTS;
				return {
					items: page,
					next: isLast ? null : JSON.stringify({ url: next, at: 0, document: cursor.document + 1 }),
					...(isLast && cursor.document === 1 && { total: items.length })
				};
			},
			async fetch({ locator }, resume) {
				if (locator === null) throw new SourceError('not_there', 'item');
				return download(outgoing, locator, resume, { signal }).catch((error: unknown) => {
					// What is enclosed may lie anywhere: one that wants a password says nothing about the others.
					if (!(error instanceof SourceError) || error.scope !== 'source') throw error;
					throw new SourceError('not_allowed', 'item', { cause: error });
				});
			}
		};
	}
};

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
	return {
		title,
		items: entries.flatMap((entry) => itemsOf(entry, { base, album: title, artist: author })),
		next: absolute(attribute(next ?? null, 'href'), base)
	};
}

function itemsOf(
	entry: XmlNode,
	{ base, album, artist }: { base: URL | null; album: string | null; artist: string | null }
): ListedItem[] {
	const id = text(entry, 'guid') ?? text(entry, 'id');
	const date = dateOf(text(entry, 'pubDate') ?? text(entry, 'published') ?? text(entry, 'updated'));
	const title = cleanText(text(entry, 'title') ?? text(entry, 'itunes:title'));
	const by = authorOf(entry) ?? artist;
	const episode = ordinal(text(entry, 'itunes:episode'), 9999);
	const season = ordinal(text(entry, 'itunes:season'), 999);
	const describe: Description = {
		...(title !== null && { title }),
		...(by !== null && { artist: by }),
		...(album !== null && { album, albumArtist: artist }),
		...(date !== null && { date }),
		...(episode !== null && { trackNumber: episode }),
		...(season !== null && { discNumber: season })
	};
	return enclosuresOf(entry).flatMap(({ href, type, length }, at) => {
		const url = absolute(href, base);
		if (url === null || !URL.canParse(url)) return [];
		const size = Number(length);
		const sourceId = id === null ? url : at === 0 ? id : `${id}#${at}`;
		return {
			sourceId: sourceId.slice(0, 1_000),
			name: nameFromUrl(new URL(url)),
			locator: url.slice(0, 4_000),
			// Addresses may carry a token of the day; the length and the date are the episode's own.
			changed: `${length ?? ''} ${text(entry, 'updated') ?? ''}`.trim(),
			...(type !== null && { type }),
			...(Number.isSafeInteger(size) && size > 0 && { size }),
			describe
		};
	});
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
