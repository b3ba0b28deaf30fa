import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import { makeMusic } from '../support/music.ts';
import { startPortal, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let folder: string;
let token: string;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	folder = await mkdtemp(path.join(tmpdir(), 'segue-folder-'));
	await mkdir(path.join(folder, 'Low Tide'));
	for (const [at, name] of ['01 One.flac', '02 Two.flac'].entries()) {
		const song = await makeMusic({ format: 'flac', hertz: 300 + at });
		await writeFile(path.join(folder, 'Low Tide', name), song);
	}
	await writeFile(path.join(folder, 'notes.txt'), 'not for the portal');
	await writeFile(path.join(folder, '.hidden.flac'), 'not for the portal either');
	const env = { DATA_DIR: portal.dataDir };
	token = (await runSegue(['token', 'create', '--email', 'owner@portal.test'], env)).trim();
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
	await close();
});

const upload = (...options: string[]) =>
	runSegue(['upload', folder, '--to', portal.origin, '--token', token, ...options], {});

test('a folder is sent, and sent again it costs nothing', async () => {
	const first = await upload('--publish');
	const second = await upload('--publish');

	expect(first).toContain('1 file is neither audio nor a cover');
	expect(first).toContain('2 ready, 0 failed.');
	expect(second).toContain('2 ready, 0 failed.');
	const page = await portal.visitor.fetch('/api/tracks');
	const { tracks } = (await page.json()) as TrackPage;
	expect(tracks.map(({ title, release }) => [title, release]).sort()).toEqual([
		['One', 'Low Tide'],
		['Two', 'Low Tide']
	]);
});

test('a file that cannot become music is named, and the exit code tells', async () => {
	await writeFile(path.join(folder, 'broken.mp3'), 'no music at all');

	const failed = await upload().catch((error: { code: number; stdout: string }) => error);

	expect(failed).toMatchObject({ code: 1 });
	expect((failed as { stdout: string }).stdout).toMatch(/failed \(not audio\): .*broken\.mp3/);
});

test.each([
	['a token that nobody gave', ['--token', 'sg_nobody'], 'does not know this token'],
	['no folder', [], 'cannot be read']
])('%s is told in a sentence', async (what, options, sentence) => {
	const at = what === 'no folder' ? path.join(folder, 'nowhere') : folder;

	const failed = await runSegue(
		['upload', at, '--to', portal.origin, '--token', token, ...options],
		{}
	).catch((error: { stderr: string }) => error);

	expect((failed as { stderr: string }).stderr).toContain(sentence);
	expect((failed as { stderr: string }).stderr).not.toContain('    at ');
});
