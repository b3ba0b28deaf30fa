import * as v from 'valibot';
import { ArtistLink, MOST_LINKS } from '#contracts/artist';

/** What a link is called on a page: its label, else the name of its site. */
export function linkName({ label, url }: ArtistLink): string {
	return label || new URL(url).hostname.replace(/^www\./, '');
}

/** Links as they are edited: one on each line, its label before its address. */
export function linksText(links: readonly ArtistLink[]): string {
	return links.map(({ label, url }) => (label ? `${label} ${url}` : url)).join('\n');
}

/** @returns the line that is no link as `wrong`, else all of them */
export function parseLinks(
	text: string
): { links: ArtistLink[]; wrong: null } | { links: null; wrong: string } {
	const lines = text.split('\n').flatMap((line) => line.trim() || []);
	const links: ArtistLink[] = [];
	for (const line of lines) {
		const [, label = '', address = ''] = /^(.*?)\s*(\S+)$/.exec(line) ?? [];
		const url = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
		const { success, output } = v.safeParse(ArtistLink, { label, url });
		if (!success || !new URL(url).hostname.includes('.')) return { links: null, wrong: line };
		links.push(output);
	}
	return links.length > MOST_LINKS
		? { links: null, wrong: lines[MOST_LINKS] ?? '' }
		: { links, wrong: null };
}
