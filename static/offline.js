// What was kept plays without a network: it is a click away.
const section = document.querySelector('section');
const list = document.querySelector('ul');

async function show() {
	const cache = await caches.open('segue-kept');
	const stored = await cache.match('/offline/kept.json');
	const releases = stored ? await stored.json() : [];
	if (!section || !list || !Array.isArray(releases) || releases.length === 0) return;
	for (const { path, title, artist, coverUrl } of releases) {
		const link = document.createElement('a');
		link.href = path;
		const image = document.createElement('img');
		image.alt = '';
		image.width = image.height = 56;
		image.src = coverUrl ?? '/mark.svg';
		const words = document.createElement('span');
		words.dir = 'auto';
		words.textContent = title;
		const by = document.createElement('span');
		by.textContent = artist;
		words.append(by);
		link.append(image, words);
		const row = document.createElement('li');
		row.append(link);
		list.append(row);
	}
	section.hidden = false;
}

show().catch(() => {}); // the page says the most important thing without it
addEventListener('online', () => location.reload());

// A server that comes back changes nothing that a browser tells of.
const AGAIN_MS = 5_000;
async function look() {
	const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
	if (answer?.ok) location.reload();
}
setInterval(() => void look(), AGAIN_MS);
