import { ARTIST_SORTS, RELEASE_SORTS, type ArtistSort, type ReleaseSort } from '#contracts/browse';

/** Divided by 2, 3, 4 and 6: a grid's last line is full. */
const RELEASES = 48;
const ARTISTS = 60;

/** What an address asks for; what it says that makes no sense is not said. */
export function releaseAsk(url: URL) {
	const { searchParams: said } = url;
	const year = said.get('year') ?? '';
	return {
		sort: oneOf<ReleaseSort>(RELEASE_SORTS, said.get('sort')),
		genre: said.get('genre'),
		year: /^\d{1,4}$/.test(year) ? Number(year) : null,
		limit: RELEASES,
		cursor: said.get('cursor')
	};
}

export function artistAsk(url: URL) {
	const { searchParams: said } = url;
	return {
		sort: oneOf<ArtistSort>(ARTIST_SORTS, said.get('sort')),
		limit: ARTISTS,
		cursor: said.get('cursor')
	};
}

function oneOf<T extends string>(all: readonly [T, ...T[]], said: string | null): T {
	return all.find((one) => one === said) ?? all[0];
}
