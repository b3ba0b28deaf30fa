import type { ReleaseWithTracks } from '#contracts/release';
import { coverAt } from '#contracts/cover';
import type { Track } from '#contracts/track';
import { pageUrl } from './addresses.ts';
import { escaped } from './markup.ts';

/** A page of its own for a frame: the browser's own controls, and a list to choose from. It plays before any script. */
export function embedHtml(of: Track | ReleaseWithTracks, site: string): string {
	const tracks = ('tracks' in of ? of.tracks : [of]).filter(({ streamUrl }) => streamUrl !== null);
	const page = pageUrl(site, 'tracks' in of ? 'releases' : 'tracks', of.slug);
	const title = `${of.title} by ${of.artist}`;
	const color = of.coverColor ? ` style="--cover: ${escaped(of.coverColor)}"` : '';
	const cover = of.coverUrl
		? `<img src="${escaped(coverAt(of.coverUrl, 256, 'webp'))}" width="256" height="256" alt="">`
		: '<img src="/mark.svg" width="256" height="256" alt="">';
	const first = tracks[0]?.streamUrl;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<link rel="canonical" href="${escaped(page)}">
<link rel="stylesheet" href="/embed.css">
<script src="/embed.js" defer></script>
</head>
<body${color}>
<main>
<header>
<a class="cover" href="${escaped(page)}" target="_blank" rel="noopener" aria-label="Open ${escaped(title)}">${cover}</a>
<div class="words">
<h1 dir="auto"><a href="${escaped(page)}" target="_blank" rel="noopener">${escaped(of.title)}</a></h1>
<p dir="auto">${escaped(of.artist)}</p>
${first ? `<audio controls preload="none" src="${escaped(first)}" aria-label="${escaped(tracks[0]?.title ?? title)}"></audio>` : '<p>It does not play yet.</p>'}
</div>
</header>
${'tracks' in of ? listOf(tracks, site) : ''}
</main>
</body>
</html>
`;
}

function listOf(tracks: readonly Track[], site: string): string {
	const rows = tracks.map((track, at) => {
		const seconds = Math.floor(track.durationSeconds);
		const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
		return `<li><a href="${escaped(pageUrl(site, 'tracks', track.slug))}" target="_blank" rel="noopener" data-stream="${escaped(track.streamUrl ?? '')}"${at === 0 ? ' aria-current="true"' : ''}><span class="title" dir="auto">${escaped(track.title)}</span> <span class="time">${length}</span></a></li>`;
	});
	return `<ol aria-label="Tracks">\n${rows.join('\n')}\n</ol>`;
}
