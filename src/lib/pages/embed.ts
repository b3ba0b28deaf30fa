import { coverAt } from '#contracts/cover';
import type { ReleaseWithTracks } from '#contracts/release';
import type { Track } from '#contracts/track';
import { directionOf, type Language } from '#language/language';
import { pageUrl } from './addresses.ts';
import { embedWords, goneWords } from './embed-words.ts';
import { escaped } from './markup.ts';

/** A page of its own for a frame: the browser's own controls, and a list to choose from. It plays before any script. */
export function embedHtml(
	of: Track | ReleaseWithTracks,
	{ site, language }: { site: string; language: Language }
): string {
	const tracks = ('tracks' in of ? of.tracks : [of]).filter(({ streamUrl }) => streamUrl !== null);
	const page = pageUrl(site, 'tracks' in of ? 'releases' : 'tracks', of.slug);
	const words = embedWords(of);
	const cover = of.coverUrl
		? `<img src="${escaped(coverAt(of.coverUrl, 256, 'webp'))}" width="256" height="256" alt="">`
		: '<img src="/mark.svg" width="256" height="256" alt="">';
	const first = tracks[0]?.streamUrl;
	const body = `<header>
<a class="cover" href="${escaped(page)}" target="_blank" rel="noopener" aria-label="${escaped(words.open)}">${cover}</a>
<div class="words">
<h1 dir="auto"><a href="${escaped(page)}" target="_blank" rel="noopener">${escaped(of.title)}</a></h1>
<p dir="auto">${escaped(of.artist)}</p>
${first ? `<audio controls preload="none" src="${escaped(first)}" aria-label="${escaped(tracks[0]?.title ?? words.title)}"></audio>` : `<p>${escaped(words.silent)}</p>`}
</div>
</header>
${'tracks' in of ? listOf(tracks, { site, label: words.tracks }) : ''}`;
	return framed(body, {
		...{ language, title: words.title, page },
		...(of.coverColor && { color: of.coverColor })
	});
}

/** In a frame too one is told: the portal's own page for this may not be framed. */
export function embedGoneHtml({ language }: { language: Language }): string {
	const { title, text } = goneWords();
	const body = `<header>
<span class="cover"><img src="/mark.svg" width="256" height="256" alt=""></span>
<div class="words"><h1>${escaped(title)}</h1>
<p>${escaped(text)}</p></div>
</header>`;
	return framed(body, { language, title });
}

function framed(
	body: string,
	{
		language,
		title,
		page,
		color
	}: { language: Language; title: string; page?: string; color?: string }
): string {
	return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
${page ? `<link rel="canonical" href="${escaped(page)}">` : ''}
<link rel="stylesheet" href="/embed.css">
<script src="/embed.js" defer></script>
</head>
<body${color ? ` style="--cover: ${escaped(color)}"` : ''}>
<main>
${body}
</main>
</body>
</html>
`;
}

function listOf(
	tracks: readonly Track[],
	{ site, label }: { site: string; label: string }
): string {
	const rows = tracks.map((track, at) => {
		const seconds = Math.floor(track.durationSeconds);
		const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
		return `<li><a href="${escaped(pageUrl(site, 'tracks', track.slug))}" target="_blank" rel="noopener" data-stream="${escaped(track.streamUrl ?? '')}"${at === 0 ? ' aria-current="true"' : ''}><span class="title" dir="auto">${escaped(track.title)}</span> <span class="time">${length}</span></a></li>`;
	});
	return `<ol aria-label="${escaped(label)}">\n${rows.join('\n')}\n</ol>`;
}
