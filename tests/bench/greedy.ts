import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { SlowSite } from './slow-site.ts';

/** As uploads are sent elsewhere: as much as there is, six at a time, by whatever connection the browser takes. */
export const GREEDY = ['HTTP/1.1', 'h2, one connection', 'h2, own connection'] as const;
export type Greedy = (typeof GREEDY)[number];

/** A song, which others send in one request. Over HTTP/1.1 a page waits until one of them ends. */
const PIECE_BYTES = 8 * 1024 ** 2;

/** A loop for each file, from the page that a person uses. The first pieces differ, so that not all end at once. */
const SCRIPT = `(({ urls, token, credentials, pieceBytes, inFlight }) => {
	const files = document.querySelector('#bench-files').files;
	const failed = (window.benchGreedyFailed = []);
	const lane = async (url, at) => {
		let offset = 0;
		while (offset < files[at].size) {
			const bytes = offset === 0 ? Math.ceil(((at + 1) * pieceBytes) / urls.length) : pieceBytes;
			const body = files[at].slice(offset, offset + bytes);
			const response = await fetch(url, {
				method: 'PATCH',
				credentials,
				headers: {
					Authorization: 'Bearer ' + token,
					'Tus-Resumable': '1.0.0',
					'Upload-Offset': String(offset),
					'Content-Type': 'application/offset+octet-stream'
				},
				body
			});
			if (!response.ok) throw new Error('answered ' + response.status);
			offset += body.size;
		}
	};
	urls.slice(0, inFlight).forEach((url, at) => lane(url, at).catch((error) => failed.push(String(error))));
})`;

export interface GreedyOptions {
	slow: SlowSite;
	by: Greedy;
	/** Of one request. */
	pieceBytes?: number;
	inFlight?: number;
}

/** Begins, and goes on until the page is closed. */
export async function startGreedy(
	page: Page,
	{ slow: { site, files }, by, pieceBytes = PIECE_BYTES, inFlight = files.length }: GreedyOptions
): Promise<void> {
	const outcomes = await site.owner.register(
		await Promise.all(
			files.map(async (file, at) => ({
				key: `greedy-${at}-${performance.now()}`,
				name: path.basename(file),
				size: (await stat(file)).size
			}))
		)
	);
	const urls = outcomes.flatMap((each) => (each.outcome === 'accepted' ? [each.url] : []));
	if (urls.length < files.length) throw new Error(`not accepted: ${JSON.stringify(outcomes)}`);
	await page.evaluate(`{
		const input = document.createElement('input');
		Object.assign(input, { type: 'file', multiple: true, id: 'bench-files', hidden: true });
		document.body.append(input);
	}`);
	await page.locator('#bench-files').setInputFiles([...files]);
	const credentials = by === 'h2, own connection' ? 'omit' : 'same-origin';
	const asked = { urls, token: site.owner.token, credentials, pieceBytes, inFlight };
	await page.evaluate(`${SCRIPT}(${JSON.stringify(asked)})`);
}

/** @throws when a request of a loop failed: then it was not greedy any more */
export async function checkGreedy(page: Page): Promise<void> {
	const failed = await page.evaluate<string[] | undefined>('window.benchGreedyFailed');
	if (failed && failed.length > 0) throw new Error(`a greedy upload failed: ${failed.join(', ')}`);
}
