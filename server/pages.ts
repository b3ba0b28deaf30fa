import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Hands the portal to Kit's side, then loads the built pages: their hooks read it as they load.
 * @param portal what pages may use of the server
 */
export async function loadPages(portal: object): Promise<RequestListener> {
	Object.assign(globalThis, { [Symbol.for('segue.portal')]: portal });
	// The edge's header; without it Kit takes every request for https. 200 files in one registration need more than 512 KB.
	process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
	process.env['BODY_SIZE_LIMIT'] = '2M';
	const built = new URL('../build/handler.js', import.meta.url).href;
	const { handler } = (await import(built)) as { handler: RequestListener };
	return unlessGone(fileURLToPath(new URL('../build/client', import.meta.url)), handler);
}

/**
 * A newer build in the same place takes away what pages of the older one still ask for. Kit's handler has a list of
 * files from its start: opening one that is gone would end the process.
 */
export function unlessGone(folder: string, handler: RequestListener): RequestListener {
	return (request, response) => {
		const asset = /^\/_app\/immutable\/[\w./-]+/.exec(request.url ?? '')?.[0];
		if (asset && !existsSync(path.join(folder, asset))) response.writeHead(404).end();
		else handler(request, response);
	};
}

export const setupUrl = (addresses: readonly string[], token: string) =>
	siteUrl(addresses, `/setup?token=${token}`);

/** @param addresses by which the portal is reached, the first one by choice */
export function siteUrl([address = '']: readonly string[], path: string): string {
	return new URL(path, address.includes('://') ? address : `https://${address}`).href;
}
