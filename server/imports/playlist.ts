import type { Description } from '#contracts/upload';
import { cleanText } from '../metadata.ts';
import { SourceError } from './source-error.ts';
import { node, nodes, parseXml, text as textOf } from './xml.ts';

const MAX_ENTRIES = 10_000;

/** What a list says of one of its entries. `location` is absolute where the list's own address allows it. */
export interface PlaylistEntry extends Pick<
	Description,
	'title' | 'artist' | 'album' | 'trackNumber'
> {
	location: string;
}

/**
 * Addresses one a line, M3U, PLS or XSPF, told apart by what they begin with.
 * @param base where the list lies; relative entries are beside it
 * @throws SourceError too_many_items, not_understood
 */
export function parsePlaylist(text: string, base: URL | null): PlaylistEntry[] {
	const source = text.replace(/^\uFEFF/, '');
	const entries = /^\s*</.test(source)
		? fromXspf(source)
		: /^\s*\[playlist\]/i.test(source)
			? fromPls(source)
			: fromLines(source);
	if (entries.length > MAX_ENTRIES) throw new SourceError('too_many_items', 'source');
	return entries.map((entry) => ({ ...entry, location: absolute(entry.location, base) }));
}

function absolute(location: string, base: URL | null): string {
	if (base !== null && URL.canParse(location, base)) return new URL(location, base).href;
	return URL.canParse(location) ? new URL(location).href : location;
}

/** `#EXTINF:123,Artist - Title` speaks of the next line. */
function fromLines(source: string): PlaylistEntry[] {
	const entries: PlaylistEntry[] = [];
	let said: string | null = null;
	for (const raw of source.split(/\r\n|\r|\n/)) {
		const line = raw.trim();
		if (line === '') continue;
		if (line.startsWith('#')) {
			said = /^#EXTINF:[^,]*,(.*)$/i.exec(line)?.[1] ?? said;
			continue;
		}
		entries.push({ location: line.slice(0, 1_000), ...named(said) });
		said = null;
		if (entries.length > MAX_ENTRIES) break;
	}
	return entries;
}

function fromPls(source: string): PlaylistEntry[] {
	const files = new Map<number, string>();
	const titles = new Map<number, string>();
	for (const line of source.split(/\r\n|\r|\n/)) {
		const [, key, number, value] = /^(File|Title)(\d{1,6})=(.*)$/i.exec(line.trim()) ?? [];
		if (key === undefined || value === undefined) continue;
		(key.toLowerCase() === 'file' ? files : titles).set(Number(number), value.trim());
		if (files.size > MAX_ENTRIES) break;
	}
	return [...files]
		.sort(([a], [b]) => a - b)
		.filter(([, file]) => file !== '')
		.map(([number, file]) => ({
			location: file.slice(0, 1_000),
			...named(titles.get(number) ?? null)
		}));
}

function fromXspf(source: string): PlaylistEntry[] {
	const list = node(node(parseXml(source), 'playlist'), 'trackList');
	return nodes(list, 'track').flatMap((track) => {
		const location = textOf(track, 'location');
		if (location === null) return [];
		const [title, artist, album] = ['title', 'creator', 'album'].map((name) =>
			cleanText(textOf(track, name))
		);
		const number = Number(textOf(track, 'trackNum'));
		return {
			location: location.slice(0, 1_000),
			...(title && { title }),
			...(artist && { artist }),
			...(album && { album }),
			...(Number.isInteger(number) && number > 0 && number < 10_000 && { trackNumber: number })
		};
	});
}

/** `Artist - Title`, as most programs write it; without the dash a title. */
function named(said: string | null): Pick<PlaylistEntry, 'artist' | 'title'> {
	const words = cleanText(said);
	if (words === null) return {};
	const [, artist, title] = /^(.+?) - (.+)$/.exec(words) ?? [];
	return artist !== undefined && title !== undefined ? { artist, title } : { title: words };
}
