import type { BrowserContext, Page } from 'playwright-core';
import { startEdge } from '../support/edge.ts';
import { freePort, startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { openPage, signIn } from '../support/site.ts';
import { PageMeter } from './page-meter.ts';

export interface PortalSite {
	portal: TestPortal;
	origin: string;
	/** Its owner, who asks the server and not the edge. */
	owner: Client;
	close(): Promise<void>;
}

/** The server behind the edge over HTTP/2, and nothing between them and the browser that costs time of its own. */
export async function startPortalSite(env: Record<string, string> = {}): Promise<PortalSite> {
	const { portal, close: closePortal } = await startPortal({ LOG_LEVEL: 'warn', ...env });
	try {
		const origin = `https://localhost:${await freePort()}`;
		const edge = await startEdge({
			appPort: portal.port,
			dataDir: portal.dataDir,
			addresses: [origin]
		});
		return {
			portal,
			origin,
			owner: await portal.signIn(),
			async close() {
				await edge.close();
				await closePortal();
			}
		};
	} catch (error) {
		await closePortal();
		throw error;
	}
}

/** The upload page, quiet and ready for files. */
export async function openUploadPage(
	context: BrowserContext,
	{ origin }: PortalSite
): Promise<{ page: Page; meter: PageMeter }> {
	const page = await openPage(context);
	const meter = await PageMeter.on(page);
	await signIn(page, origin);
	// By the link, as a person goes: a page that was just loaded may not listen yet.
	await page.getByRole('link', { name: 'Upload' }).first().click();
	await page.getByTestId('upload-input').waitFor({ state: 'attached' });
	await page.waitForLoadState('networkidle');
	return { page, meter };
}

/** Lets go of a folder over the page, as from a file manager. */
export async function dropFolder(page: Page, folder: string): Promise<void> {
	const zone = page.locator('[data-testid="upload-input"] >> xpath=..');
	const box = await zone.boundingBox();
	if (!box) throw new Error('there is nothing to drop on');
	const session = await page.context().newCDPSession(page);
	const data = { items: [], files: [folder], dragOperationsMask: 1 };
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
		await session.send('Input.dispatchDragEvent', { type, x, y, data });
	}
	await session.detach();
}
