import type { ArtistWithMusic } from '#contracts/artist';
import type { ReleaseWithTracks } from '#contracts/release';
import { coverAt } from '#contracts/cover';
import type { Track } from '#contracts/track';
import { embedUrl, feedUrl, oembedUrl, pageUrl } from './addresses.ts';

/** What a page says of itself to those who do not look at it. Addresses are absolute. */
export interface PageMeta {
	title: string;
	description: string;
	/** Where it is found for good. */
	canonical: string;
	/** False keeps it out of search engines. */
	isListed: boolean;
	/** A square JPEG: not everybody who shows links reads WebP. */
	image: { url: string; alt: string } | null;
	/** Open Graph: names and values, in order. */
	graph: readonly (readonly [property: string, content: string])[];
	/** A player for a frame. */
	player: { url: string; width: number; height: number } | null;
	oembed: string | null;
	feed: { url: string; title: string } | null;
	/** schema.org, as JSON-LD. */
	linkedData: object;
}

/** CSS pixels of the picture, of a player's frame, and of one with a list. */
export const IMAGE_EDGE = 1024;
const PLAYER = { width: 480, height: 168 };
const LIST_PLAYER = { width: 480, height: 400 };
const LD = 'https://schema.org';

export function trackMeta(track: Track, site: string): PageMeta {
	const canonical = pageUrl(site, 'tracks', track.slug);
	const artist = pageUrl(site, 'artists', track.artistSlug);
	const album = track.releaseSlug && pageUrl(site, 'releases', track.releaseSlug);
	const image = imageOf(track.coverUrl, site, track.release ?? track.title);
	const audio = track.streamUrl && site + track.streamUrl;
	const duration = isoDuration(track.durationSeconds);
	return {
		title: `${track.title} by ${track.artist}`,
		description: sentence(
			`Listen to “${track.title}” by ${track.artist}`,
			track.release && `from “${track.release}”`,
			track.year && `(${track.year})`
		),
		canonical,
		isListed: track.visibility === 'public',
		image,
		graph: [
			['og:type', 'music.song'],
			['music:duration', String(Math.round(track.durationSeconds))],
			['music:musician', artist],
			...(album ? [['music:album', album] as const] : []),
			...(album && track.trackNumber !== null
				? [['music:album:track', String(track.trackNumber)] as const]
				: []),
			...(audio ? ([['og:audio', audio]] as const) : []),
			...(audio ? ([['og:audio:type', streamType(track)]] as const) : [])
		],
		player: { url: embedUrl(site, 'tracks', track.slug), ...PLAYER },
		oembed: oembedUrl(site, canonical),
		feed: null,
		linkedData: {
			'@context': LD,
			'@type': 'MusicRecording',
			'@id': canonical,
			url: canonical,
			name: track.title,
			duration,
			byArtist: { '@type': 'MusicGroup', name: track.artist, url: artist },
			...(album && { inAlbum: { '@type': 'MusicAlbum', name: track.release, url: album } }),
			...(track.genre && { genre: track.genre }),
			...(track.date && { datePublished: track.date }),
			...(image && { image: image.url }),
			...(audio && {
				audio: {
					'@type': 'AudioObject',
					contentUrl: audio,
					encodingFormat: streamType(track),
					duration
				}
			})
		}
	};
}

export function releaseMeta(release: ReleaseWithTracks, site: string): PageMeta {
	const canonical = pageUrl(site, 'releases', release.slug);
	const artist = pageUrl(site, 'artists', release.artistSlug);
	const image = imageOf(release.coverUrl, site, release.title);
	const count = `${release.trackCount} ${release.trackCount === 1 ? 'track' : 'tracks'}`;
	return {
		title: `${release.title} by ${release.artist}`,
		description: sentence(
			`Listen to “${release.title}” by ${release.artist}:`,
			`${count}${release.year === null ? '' : `, ${release.year}`}`
		),
		canonical,
		isListed: release.tracks.some(({ visibility }) => visibility === 'public'),
		image,
		graph: [
			['og:type', 'music.album'],
			['music:musician', artist],
			...(release.date ? [['music:release_date', release.date] as const] : []),
			...release.tracks
				.slice(0, MOST_NAMED)
				.map(({ slug }) => ['music:song', pageUrl(site, 'tracks', slug)] as const)
		],
		player: { url: embedUrl(site, 'releases', release.slug), ...LIST_PLAYER },
		oembed: oembedUrl(site, canonical),
		feed: null,
		linkedData: {
			'@context': LD,
			'@type': 'MusicAlbum',
			'@id': canonical,
			url: canonical,
			name: release.title,
			byArtist: { '@type': 'MusicGroup', name: release.artist, url: artist },
			...(release.genre && { genre: release.genre }),
			...(release.date && { datePublished: release.date }),
			...(image && { image: image.url }),
			numTracks: release.trackCount,
			track: release.tracks.slice(0, MOST_NAMED).map((track) => ({
				'@type': 'MusicRecording',
				name: track.title,
				url: pageUrl(site, 'tracks', track.slug),
				duration: isoDuration(track.durationSeconds)
			}))
		}
	};
}

export function artistMeta(artist: ArtistWithMusic, site: string): PageMeta {
	const canonical = pageUrl(site, 'artists', artist.slug);
	const picture =
		artist.pictureUrl ??
		[...artist.releases, ...artist.singles].find(({ coverUrl }) => coverUrl)?.coverUrl;
	const image = imageOf(picture, site, artist.name);
	const text = artist.text?.replace(/\s+/g, ' ');
	return {
		title: artist.name,
		description: text ? shortened(text) : `Music by ${artist.name}.`,
		canonical,
		isListed: [...artist.top, ...artist.singles].some(({ visibility }) => visibility === 'public'),
		image,
		graph: [
			['og:type', 'profile'],
			['profile:username', artist.slug]
		],
		player: null,
		oembed: null,
		feed: { url: feedUrl(site, artist.slug), title: `New music by ${artist.name}` },
		linkedData: {
			'@context': LD,
			'@type': 'MusicGroup',
			'@id': canonical,
			url: canonical,
			name: artist.name,
			...(text && { description: shortened(text) }),
			...(image && { image: image.url }),
			...(artist.links.length > 0 && { sameAs: artist.links.map(({ url }) => url) }),
			album: artist.releases.slice(0, MOST_NAMED).map(({ title, slug }) => ({
				'@type': 'MusicAlbum',
				name: title,
				url: pageUrl(site, 'releases', slug)
			}))
		}
	};
}

/** A head is read before the page: a release of a thousand tracks names the first ones. */
const MOST_NAMED = 50;
const MOST_DESCRIBED = 200;

function imageOf(coverUrl: string | undefined, site: string, name: string): PageMeta['image'] {
	if (coverUrl === undefined) return null;
	return { url: site + coverAt(coverUrl, IMAGE_EDGE, 'jpg'), alt: `Cover of ${name}` };
}

function streamType({ renditions = [], streamUrl }: Track): string {
	return renditions.find(({ url }) => url === streamUrl)?.type ?? 'audio/mp4';
}

function isoDuration(seconds: number): string {
	const whole = Math.round(seconds);
	return `PT${Math.floor(whole / 60)}M${whole % 60}S`;
}

function sentence(...parts: (string | number | false | null)[]): string {
	return `${parts.filter(Boolean).join(' ')}.`;
}

function shortened(text: string): string {
	return text.length <= MOST_DESCRIBED ? text : `${text.slice(0, MOST_DESCRIBED).trimEnd()}…`;
}
