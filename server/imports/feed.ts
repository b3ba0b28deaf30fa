import { createHash } from 'node:crypto';
import type { FeedOrder } from '#contracts/import';
import { BesideEpisode } from './beside-episode.ts';
import { download } from './download.ts';
import { enclosedAt } from './enclosed.ts';
import type { FeedDocument } from './feed-document.ts';
import { MAX_PAGE } from './items.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

const MAX_DOCUMENTS = 200;

/** Where listing stands: which document, which item of it, and how many documents came before. */
interface Cursor {
	url: string | null;
	at: number;
	document: number;
}

/** RSS 2.0 and Atom: what is enclosed is fetched, what a feed says of it goes over its tags. */
export const feed: Source<'feed'> = {
	place: (order) =>
		order.url ??
		createHash('sha256')
			.update(order.text ?? '')
			.digest('hex'),
	label: (order) => (order.url === undefined ? 'A feed' : new URL(order.url).hostname),

	async open(order: FeedOrder, context) {
		const { outgoing, signal, reader } = context;
		const beside = new BesideEpisode(context);
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
			const document = await reader.read({
				...{ as: 'feed', text: answer.text },
				base: answer.url?.href ?? null
			});
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
				const enclosed = enclosedAt(locator);
				// What goes on where it was left has been told of already.
				const describe = resume.offset === 0 ? await beside.of(enclosed) : {};
				const fetched = await download(outgoing, enclosed.url, resume, { signal }).catch(
					(error: unknown) => {
						// What is enclosed may lie anywhere: one that wants a password says nothing about the others.
						if (!(error instanceof SourceError) || error.scope !== 'source') throw error;
						throw new SourceError('not_allowed', 'item', { cause: error });
					}
				);
				return { ...fetched, describe };
			}
		};
	}
};
