import type { BrowserContext, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { startEdge } from './edge.ts';
import { freePort, OWNER, startPortal } from './portal.ts';
import { Recorder } from './recorder.ts';
import { Wire } from './wire.ts';

/** The whole product as a browser meets it: server, edge, and a wire to each of its two addresses. */
export async function startSite({
	env = {},
	width = 1280,
	height = 800,
	/** Puts a recorder before the server: then a server that is away looks otherwise to the edge. */
	isRecorded = false,
	/** As in `startBrowser`. */
	trusts = false
} = {}) {
	const { portal, close: closePortal } = await startPortal(env);
	const recorder = isRecorded ? await Recorder.before(portal.port) : null;
	const [securePort, plainPort] = [await freePort(), await freePort()];
	const openEdge = () =>
		startEdge({
			appPort: recorder?.port ?? portal.port,
			dataDir: portal.dataDir,
			addresses: [`https://localhost:${securePort}`, `http://localhost:${plainPort}`]
		});
	let edge = await openEdge();
	const [wire, plainWire] = [await Wire.to(securePort), await Wire.to(plainPort)];
	let browser = await startBrowser({ width, height, trusts });
	return {
		portal,
		/** What the edge asked the server for, and over whose connection. */
		recorded: recorder?.requests ?? [],
		wire,
		plainWire,
		get context() {
			return browser.context;
		},
		/** The edge ends, and another one begins in its place. */
		async restartEdge() {
			await edge.close();
			edge = await openEdge();
		},
		/** The browser crashes, and is opened again with what it kept. */
		async crashBrowser() {
			await browser.kill();
			browser = await startBrowser({ width, height, trusts, profile: browser.profile });
		},
		/** HTTP/2 and TLS, as it ships. */
		origin: `https://localhost:${wire.port}`,
		/** The edge itself, where it also speaks HTTP/3. */
		edgePort: securePort,
		/** HTTP/1.1. */
		plainOrigin: `http://localhost:${plainWire.port}`,
		async close() {
			await browser.close();
			for (const each of [wire, plainWire]) each.close();
			await edge.close();
			recorder?.close();
			await closePortal();
		}
	};
}

export async function openPage(context: BrowserContext): Promise<Page> {
	const page = await context.newPage();
	page.setDefaultTimeout(40_000);
	return page;
}

export async function signIn(page: Page, origin: string, { email, password } = OWNER) {
	await page.goto(`${origin}/signin`);
	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('link', { name: 'Upload' }).first().waitFor();
}
