import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMusic } from '../support/music.ts';
import { openPage, startSite } from '../support/site.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let page: Page;
let axe: string;

beforeAll(async () => {
	axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	site = await startSite();
	const owner = await site.portal.signIn();
	const tags = { title: 'Low Tide', artist: 'Ada', album_artist: 'Ada', album: 'Coast' };
	const song = await makeMusic({ format: 'mp3', seconds: 30, hertz: 300, tags });
	await owner.outcome(await owner.send('tide.mp3', song));
	page = await openPage(site.context);
	await page.setExtraHTTPHeaders({ 'accept-language': 'de-CH,de;q=0.9,en;q=0.5' });
});
afterAll(() => site?.close());

/** The language and direction of the document, as the server sent it. */
const asSent = (html: string) => /<html lang="(\w+)" dir="(\w+)">/.exec(html)?.slice(1);

test('a page speaks what the browser asks for, before any script runs', async () => {
	const ask = async (language: string) => {
		const headers = { 'accept-language': language };
		const answer = await site.context.request.get(site.origin, { headers });
		return { vary: answer.headers()['vary'], html: await answer.text() };
	};
	const asked = ['de', 'ar', 'en', 'fr', 'ar', 'de'];
	const answers = await Promise.all(asked.map(ask));

	expect(answers.map(({ html }) => asSent(html))).toEqual([
		['de', 'ltr'],
		['ar', 'rtl'],
		['en', 'ltr'],
		['en', 'ltr'],
		['ar', 'rtl'],
		['de', 'ltr']
	]);
	const says = (html: string) =>
		['Anmelden', 'تسجيل الدخول', 'Sign in'].map((w) => html.includes(w));
	expect(answers.map(({ html }) => says(html).indexOf(true))).toEqual([0, 1, 2, 2, 1, 0]);
	for (const { html, vary } of answers) {
		expect(says(html).filter(Boolean)).toHaveLength(1);
		expect(vary).toMatch(/Accept-Language/);
	}
});

test('what somebody chooses stays, plays, and reads from right to left for everybody', async () => {
	const errors: string[] = [];
	const words: string[] = [];
	page.on('pageerror', ({ message }) => errors.push(message));
	page.on('request', (request) => {
		const { pathname } = new URL(request.url());
		if (pathname.includes('/words/')) words.push(pathname);
	});
	await page.goto(site.origin);
	await page.getByRole('link', { name: 'Suche' }).first().waitFor();
	expect([...new Set(words.map((path) => path.split('.')[1]))]).toEqual(['de']);

	await page.getByRole('button', { name: 'العربية' }).click();
	await page.locator('html[lang=ar][dir=rtl]').waitFor();
	await page.reload();
	await page.getByRole('link', { name: 'بحث' }).first().waitFor();

	await page.getByRole('link', { name: 'Coast' }).first().click();
	await page.getByRole('button', { name: 'شغّل Low Tide' }).click();
	await page.waitForFunction(() => Boolean(navigator.mediaSession.metadata?.title));
	await page.getByRole('button', { name: 'أوقف Low Tide مؤقتًا' }).waitFor();

	for (const width of [360, 1280]) {
		await page.setViewportSize({ width, height: 800 });
		expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
		expect(await broken()).toEqual([]);
	}
	expect(errors).toEqual([]);
});

test('a language is chosen without script too, and leads back to this portal alone', async () => {
	const choose = (language: string, next: string) =>
		site.context.request.post(`${site.origin}/language`, {
			form: { language, next },
			headers: { origin: site.origin, accept: 'text/html' },
			maxRedirects: 0
		});
	const chosen = await choose('de', '/releases?sort=title');
	expect([chosen.status(), chosen.headers()['location']]).toEqual([303, '/releases?sort=title']);
	// No secret, and the offline page reads it.
	expect(chosen.headers()['set-cookie']).toMatch(/segue_language=de;(?!.*HttpOnly)/i);

	const elsewhere = await choose('xx', '//elsewhere.example');
	expect(elsewhere.headers()['location']).toBe('/');
	expect(elsewhere.headers()['set-cookie']).toBeUndefined();
});

/** Rules of WCAG 2.2 A and AA that the page breaks. */
async function broken(): Promise<string[]> {
	await page.evaluate(axe);
	return page.evaluate<string[]>(`axe
		.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
		.then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`);
}
