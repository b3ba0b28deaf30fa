/** Whose release it is when several artists share it and nobody says. */
export const VARIOUS_ARTISTS = 'Various Artists';

/** `CD 1`, `Disc02`, `Disk_3`: part of a release, not one of its own. */
const DISC = /^(?:cd|dis[ck]|disque|lp)[\s._-]*(\d{1,3})$/i;

/** The folder of a path without its disc, '' when there is none. */
export function albumFolder(path: string | null): { folder: string; disc: number | null } {
	const folders = path?.split('/').slice(0, -1) ?? [];
	const disc = DISC.exec(folders.at(-1) ?? '');
	// A folder called "CD 1" that was dropped alone has no other name.
	if (!disc || folders.length === 1) return { folder: folders.join('/'), disc: null };
	return { folder: folders.slice(0, -1).join('/'), disc: Number(disc[1]) };
}

/** `Ada feat. Bob` is Ada's; `&` and `x` stand in the names of bands as well, and are left alone. */
export function leadingArtist(artist: string): string {
	return artist.replace(/(?<=\S)\s+[([]?(?:feat|ft|featuring)\.?\s.*$/iu, '');
}
