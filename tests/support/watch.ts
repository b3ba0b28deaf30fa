import type { BrowserContext, Request } from 'playwright-core';

/** In a page that hangs nothing answers. */
const PATIENCE_MS = 1000;
const TEXT_CHARACTERS = 1500;

/** Browsers of the test file that runs, and what their pages asked for and have no answer to. */
const watched = new Map<BrowserContext, Set<Request>>();

/** What went wrong in its pages is printed, and what they say and wait for when a test fails. */
export function watch(context: BrowserContext) {
	const open = new Set<Request>();
	watched.set(context, open);
	context.on('request', (request) => void open.add(request));
	context.on('requestfinished', (request) => void open.delete(request));
	context.on('requestfailed', (request) => void open.delete(request));
	context.on('weberror', (error) => print(`a page failed: ${String(error.error().stack)}`));
	context.on('close', () => watched.delete(context));
}

const print = (line: string) => void process.stderr.write(`${line}\n`);

export async function printPages(why: string) {
	for (const [context, open] of watched) {
		for (const request of open) {
			const who = request.serviceWorker()?.url() ?? request.frame().url();
			print(`${why}: ${who} waits for ${request.method()} ${request.url()}`);
		}
		for (const page of context.pages()) {
			const said = await Promise.race([
				page.evaluate<string>('document.body.innerText').catch(String),
				new Promise<string>((resolve) => setTimeout(resolve, PATIENCE_MS, 'no answer'))
			]);
			const text = said.replace(/\s*\n\s*/g, ' · ').slice(0, TEXT_CHARACTERS);
			print(`${why}: ${page.url()} says: ${text}`);
		}
	}
}
