import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { makeMusic } from '../support/music.ts';
import type { Client } from '../support/portal.ts';
import { openPage, signIn, startSite } from '../support/site.ts';
import { retryUntil } from '../support/until.ts';

let site: Awaited<ReturnType<typeof startSite>>;
let context: BrowserContext;
let owner: Client;
let hertz = 300;

beforeAll(async () => {
	site = await startSite();
	({ context } = site);
	owner = await site.portal.signIn();
	await signIn(await openPage(context), site.origin);
	await addTrack('Prelude');
});
afterAll(() => site.close());

/** Every test begins with no tab of the portal open. */
beforeEach(closeTabs);

async function closeTabs() {
	const blank = await context.newPage();
	for (const page of context.pages()) if (page !== blank) await page.close();
}

/** From elsewhere, so that only the channel can tell the tabs. */
async function addTrack(title: string) {
	const music = await makeMusic({ format: 'mp3', hertz: (hertz += 10), tags: { title } });
	await owner.outcome(await owner.send(`${title}.mp3`, music));
}

const shows = (page: Page, title: string) =>
	page
		.getByRole('button', { name: `Play ${title}` })
		.first()
		.waitFor();

/** Lives as long as this document. */
const mark = (page: Page) => page.evaluate('window.mark = 1');
const isSamePage = async (page: Page) => (await page.evaluate('window.mark')) === 1;

/** A tab at home, its sockets counted, and what the server says on them. */
async function openTab() {
	const page = await openPage(context);
	const sockets = new Set<unknown>();
	const said: string[] = [];
	page.on('websocket', (socket) => {
		sockets.add(socket);
		socket.on('framereceived', ({ payload }) => said.push(String(payload)));
		socket.on('close', () => sockets.delete(socket));
	});
	await page.goto(`${site.origin}/`);
	await shows(page, 'Prelude');
	await mark(page);
	return { page, sockets, said };
}

/** Resolves once this many tabs have the line or stand in the queue for it. */
const tabsInQueue = (page: Page, count: number) =>
	retryUntil(
		() =>
			page.evaluate(async () => {
				const { held = [], pending = [] } = await navigator.locks.query();
				return [...held, ...pending].filter(({ name }) => name?.startsWith('segue-live:')).length;
			}),
		(found) => found === count
	);

test('two tabs have one socket, both hear of a track, and the second goes on when the first closes', async () => {
	const first = await openTab();
	await retryUntil(
		() => first.said.length,
		(messages) => messages > 0
	);
	const second = await openTab();
	await tabsInQueue(second.page, 2);

	await addTrack('Duet');
	await shows(first.page, 'Duet');
	await shows(second.page, 'Duet');
	expect([first.sockets.size, second.sockets.size]).toEqual([1, 0]);

	await first.page.close();
	await addTrack('Solo');
	await shows(second.page, 'Solo');

	expect(await isSamePage(second.page)).toBe(true);
	expect(second.sockets.size).toBe(1);
});

test('a server that is killed and started is heard again', async () => {
	const { page, said } = await openTab();
	await retryUntil(
		() => said.length,
		(messages) => messages > 0
	);
	const before = said.length;

	await site.portal.kill();
	await site.portal.start();
	await retryUntil(
		() => said.length,
		(messages) => messages > before
	);
	await addTrack('Reprise');
	await shows(page, 'Reprise');

	expect(await isSamePage(page)).toBe(true);
});

// Last: what the browser was told about sockets stays.
test('where sockets are blocked one tab asks for both, seldom, and goes back to the socket', async () => {
	let isBlocked = true;
	const isBack = Promise.withResolvers<void>();
	await context.routeWebSocket('**/live', (socket) => {
		if (isBlocked) {
			void socket.close();
			return;
		}
		socket.connectToServer().onMessage((message) => {
			socket.send(message);
			isBack.resolve();
		});
	});
	const asked: number[] = [];
	context.on('request', (request) => {
		if (new URL(request.url()).pathname === '/api/live') asked.push(performance.now());
	});
	const [first, second] = [await openTab(), await openTab()];
	await tabsInQueue(second.page, 2);

	await addTrack('Detour');
	await Promise.all([shows(first.page, 'Detour'), shows(second.page, 'Detour')]);
	await addTrack('Byway');
	await Promise.all([shows(first.page, 'Byway'), shows(second.page, 'Byway')]);

	expect(asked.length).toBeGreaterThan(1);
	const pauses = asked.slice(1).map((at, before) => at - asked[before]!);
	// A little less than the second between two requests, because they are seen here and not where they were made.
	expect(Math.min(...pauses)).toBeGreaterThan(900);

	isBlocked = false;
	await isBack.promise;
	const before = asked.length;
	await addTrack('Highway');
	await Promise.all([shows(first.page, 'Highway'), shows(second.page, 'Highway')]);

	expect(asked.length).toBe(before);
	expect(await Promise.all([first, second].map(({ page }) => isSamePage(page)))).toEqual([
		true,
		true
	]);
});
