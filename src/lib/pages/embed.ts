import type { ReleaseWithTracks } from '#contracts/release';
import { coverAt } from '#contracts/cover';
import type { Track } from '#contracts/track';
import { directionOf, language } from '#language/language';
import { pageUrl } from './addresses.ts';
import { bothNames, missingWords, notYetWords, openWords, tracksWords } from './embed-words.ts';
import { escaped } from './markup.ts';

/** A page of its own for a frame: the browser's own controls, and a list to choose from. It plays before any script. */
export function embedHtml(of: Track | ReleaseWithTracks, site: string): string {
	const tracks = ('tracks' in of ? of.tracks : [of]).filter(({ streamUrl }) => streamUrl !== null);
	const page = pageUrl(site, 'tracks' in of ? 'releases' : 'tracks', of.slug);
	const title = bothNames(of.title, of.artist);
	const color = of.coverColor ? ` style="--cover: ${escaped(of.coverColor)}"` : '';
	const cover = of.coverUrl
		? `<img src="${escaped(coverAt(of.coverUrl, 256, 'webp'))}" width="256" height="256" alt="">`
		: '<img src="/mark.svg" width="256" height="256" alt="">';
	const first = tracks[0]?.streamUrl;
	const named = escaped(openWords(title));
	const head = `<link rel="canonical" href="${escaped(page)}">
<script src="/embed.js" defer></script>`;
	const main = `<header>
<a class="cover" href="${escaped(page)}" target="_blank" rel="noopener" aria-label="${named}">${cover}</a>
<div class="words">
<h1 dir="auto"><a href="${escaped(page)}" target="_blank" rel="noopener">${escaped(of.title)}</a></h1>
<p dir="auto">${escaped(of.artist)}</p>
${first ? `<audio controls preload="none" src="${escaped(first)}" aria-label="${escaped(tracks[0]?.title ?? title)}"></audio>` : `<p>${escaped(notYetWords())}</p>`}
</div>
</header>
${'tracks' in of ? listOf(tracks, site) : ''}`;
	return framed(title, head, main, color);
}

/** The frame of what is not there, or not for everybody: it stands in somebody else's page, and says so itself. */
export function missingEmbedHtml(site: string): string {
	const { title, text } = missingWords();
	return framed(
		title,
		'',
		`<header>
<a class="cover" href="${escaped(site)}/" target="_blank" rel="noopener" aria-label="Segue"><img src="/mark.svg" width="256" height="256" alt=""></a>
<div class="words">
<h1>${escaped(title)}</h1>
<p class="why">${escaped(text)}</p>
</div>
</header>`
	);
}

function framed(title: string, head: string, main: string, attributes = ''): string {
	return `<!doctype html>
<html lang="${language()}" dir="${directionOf(language())}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="/embed.css">
${head}
</head>
<body${attributes}>
<main>
${main}
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
	return `<ol aria-label="${escaped(tracksWords())}">\n${rows.join('\n')}\n</ol>`;
}
