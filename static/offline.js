// The page itself is English; it is kept before anybody knows who will read it.
/** @type {Record<string, Record<string, string>>} */
const WORDS = {
	de: {
		title: 'Kein Netz',
		heading: 'Es ist kein Netz da',
		text: 'Diese Seite war nicht zu holen. Sobald das Netz wieder da ist, geht sie wie immer auf.',
		again: 'Noch einmal versuchen',
		kept: 'Auf diesem Gerät behalten'
	},
	ar: {
		title: 'لا توجد شبكة',
		heading: 'لا توجد شبكة',
		text: 'تعذّر جلب هذه الصفحة. حين تعود الشبكة تُفتح كالمعتاد.',
		again: 'حاول مرة أخرى',
		kept: 'محفوظ على هذا الجهاز'
	}
};
const [, chosen] = /(?:^|; )segue_language=(\w+)/.exec(document.cookie) ?? [];
const asked = [chosen, ...navigator.languages].map((tag = '') => tag.slice(0, 2).toLowerCase());
const speaks = asked.find((tag) => tag === 'en' || tag in WORDS) ?? 'en';
const said = WORDS[speaks];
if (said) {
	document.documentElement.lang = speaks;
	document.documentElement.dir = speaks === 'ar' ? 'rtl' : 'ltr';
	document.title = `${said.title} · Segue`;
	for (const element of document.querySelectorAll('[data-says]')) {
		if (element instanceof HTMLElement)
			element.textContent = said[element.dataset.says ?? ''] ?? '';
	}
}

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
