import type { UrlsOrder } from '#contracts/import';
import { download } from './download.ts';
import { MAX_PAGE } from './items.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** A list of addresses: one a line, M3U, PLS or XSPF. What it names is fetched; lists in lists are not followed. */
export const urls: Source<'urls'> = {
	// Pasted lists are one place: an address that came with an earlier one is known.
	place: (order) => order.url ?? 'pasted',
	label: (order) => (order.url === undefined ? 'A list of addresses' : new URL(order.url).hostname),

	async open(order: UrlsOrder, { outgoing, signal, reader }) {
		const { text, base } = await read();
		const { items } = await reader.read({ as: 'urls', text, base: base?.href ?? null });

		async function read() {
			if (order.url === undefined) return { text: order.text ?? '', base: null };
			const answer = await outgoing.text(order.url, { signal });
			return { text: answer.text, base: answer.url };
		}

		return {
			async list(cursor) {
				const at = Number(cursor ?? 0);
				const next = at + MAX_PAGE;
				return {
					items: items.slice(at, next),
					next: next < items.length ? String(next) : null,
					total: items.length
				};
			},
			async fetch({ locator }, resume) {
				if (locator === null) throw new SourceError('not_there', 'item');
				return download(outgoing, locator, resume, { signal }).catch((error: unknown) => {
					// One address that wants a password says nothing about the others.
					if (!(error instanceof SourceError) || error.scope !== 'source') throw error;
					throw new SourceError('not_allowed', 'item', { cause: error });
				});
			}
		};
	}
};
