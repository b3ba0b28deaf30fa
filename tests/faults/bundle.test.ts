import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOST_BUNDLED, type BundleAnswer } from '#contracts/bundle';
import type { TrackPage } from '#contracts/track';
import { makeMusic, variations } from '../support/music.ts';
import { type Client, startPortal, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

const FILES = 3 * MOST_BUNDLED.files;

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
});
afterAll(() => close());

interface Small {
	url: string;
	bytes: Uint8Array<ArrayBuffer>;
	sha256: string;
}

async function smallFiles(): Promise<Small[]> {
	const mp3 = await makeMusic({ format: 'mp3', seconds: 1, hertz: 470 });
	const tags = Array.from({ length: FILES }, (_, at) => ({ title: `Together ${at}` }));
	const files = variations(mp3, tags).map((bytes) => ({
		bytes,
		sha256: createHash('sha256').update(bytes).digest('hex')
	}));
	const answers = await owner.register(
		files.map(({ bytes }, at) => ({ key: `t${at}`, name: `t${at}.mp3`, size: bytes.length }))
	);
	return files.map((file, at) => {
		const answer = answers[at];
		if (answer?.outcome !== 'accepted') throw new Error(`file ${at} was not accepted`);
		return { ...file, url: answer.url };
	});
}

async function post(files: readonly Small[]): Promise<BundleAnswer['files']> {
	const line = files.map(({ url, bytes, sha256 }) => ({
		...{ id: url.slice('/files/'.length), size: bytes.length, sha256 }
	}));
	const bytes = files.map((file) => file.bytes);
	const response = await owner.bundle(line, bytes);
	expect(response.status).toBe(200);
	return ((await response.json()) as BundleAnswer).files;
}

test('a server killed while small files come has each of them whole or not at all, and in the end once', async () => {
	const files = await smallFiles();
	const bundles = Array.from({ length: FILES / MOST_BUNDLED.files }, (_, at) =>
		files.slice(at * MOST_BUNDLED.files, (at + 1) * MOST_BUNDLED.files)
	);

	const [first, ...others] = bundles.map((bundle) => post(bundle));
	for (const each of others) each.catch(() => {}); // cut off by the death of the server, or not
	await first;
	await portal.kill();
	await portal.start();

	for (const { url, bytes } of files) {
		expect([0, bytes.length]).toContain(await owner.offset(url));
	}
	for (const bundle of bundles) {
		expect((await post(bundle)).every(({ isThere }) => isThere)).toBe(true);
	}
	const tracks = await retryUntil(
		async () => {
			const answer = await owner.fetch('/api/tracks?limit=200');
			return ((await answer.json()) as TrackPage).tracks;
		},
		(all) => all.length >= FILES
	);
	const stored = tracks.map(({ originalSha256 }) => originalSha256).sort();
	expect(stored).toEqual(files.map(({ sha256 }) => sha256).sort());
});
