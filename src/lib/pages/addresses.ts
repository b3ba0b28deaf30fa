/** What has an address of its own, by the first part of its path. */
export type Kind = 'tracks' | 'releases' | 'artists';

export function pageUrl(site: string, kind: Kind, slug: string): string {
	return `${site}/${kind}/${encodeURIComponent(slug)}`;
}

/** Only what plays is framed by others. */
export function embedUrl(site: string, kind: Exclude<Kind, 'artists'>, slug: string): string {
	return `${site}/embed/${kind}/${encodeURIComponent(slug)}`;
}

export function feedUrl(site: string, artistSlug: string): string {
	return `${site}/feeds/artists/${encodeURIComponent(artistSlug)}.xml`;
}

export function oembedUrl(site: string, page: string): string {
	return `${site}/oembed?format=json&url=${encodeURIComponent(page)}`;
}

/** What an address of a page or an embed names; null when it is none of ours. */
export function playableAt(
	address: string,
	hosts: readonly string[]
): { kind: Exclude<Kind, 'artists'>; slug: string } | null {
	if (!URL.canParse(address)) return null;
	const { protocol, host, pathname } = new URL(address);
	if (!/^https?:$/.test(protocol) || !hosts.includes(host)) return null;
	const [, kind, encoded] =
		/^\/(?:embed\/)?(tracks|releases)\/([^/]{1,600})\/?$/.exec(pathname) ?? [];
	if ((kind !== 'tracks' && kind !== 'releases') || encoded === undefined) return null;
	try {
		return { kind, slug: decodeURIComponent(encoded) };
	} catch {
		return null; // no UTF-8
	}
}
