import { Problem } from '#contracts/problem';

/** `limit` of a request. @throws Problem bad_request */
export function limitOf(url: URL, { usual, most }: { usual: number; most: number }): number {
	const asked = url.searchParams.get('limit') ?? String(usual);
	const limit = Number(asked);
	if (!/^\d{1,6}$/.test(asked) || limit < 1) throw new Problem('bad_request');
	return Math.min(limit, most);
}

/** `ids` of a request: several, with commas between them. @throws Problem bad_request */
export function idsOf(url: URL, most: number): string[] | null {
	const asked = url.searchParams.get('ids');
	if (asked === null) return null;
	const ids = asked.split(',').filter(Boolean);
	if (ids.length > most || ids.some((id) => !/^[0-9a-f]{32}$/.test(id))) {
		throw new Problem('bad_request');
	}
	return ids;
}
