import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import type { UploadRecord } from '#contracts/upload';
import { uploadFolder } from '../../cli/upload.ts';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue, startSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';
import { Wire } from '../support/wire.ts';

/** More than a few files have on their way at once on a slow link. */
const PIECES = 1024 * 1024;
const SLOW = 200_000;

let portal: TestPortal;
let owner: Client;
let close: () => Promise<void>;
let folder: string;
let token: string;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
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

test('music that lies in another folder now is known by its bytes, which are not sent again', async () => {
	const other = await mkdtemp(path.join(tmpdir(), 'segue-moved-'));
	await cp(folder, other, { recursive: true });

	const again = await runSegue(
		['upload', other, '--to', portal.origin, '--token', token, '--publish'],
		{}
	);

	expect(again.match(/^duplicate: .*\.flac$/gm)).toHaveLength(2);
	await rm(other, { recursive: true });
});

test('stopped in the middle it goes on from there, and says in plain lines what it waits for', async () => {
	const back = await mkdtemp(path.join(tmpdir(), 'segue-back-'));
	const wire = await Wire.to(portal.port);
	const origin = `http://127.0.0.1:${wire.port}`;
	const start = () => {
		const command = startSegue(['upload', back, '--to', origin, '--token', token]);
		onTestFinished(command.stop);
		return command;
	};
	const song = await makeMusic({ format: 'wav', seconds: 30, hertz: 333 });
	await writeFile(path.join(back, 'Back.wav'), song);
	await mkdir(path.join(back, '.Trash'));
	await writeFile(path.join(back, '.Trash', 'Thrown away.wav'), song);
	const there = async () => {
		const answer = await owner.fetch('/api/uploads');
		const { uploads } = (await answer.json()) as { uploads: UploadRecord[] };
		return uploads.find(({ name }) => name === 'Back.wav')?.offset ?? 0;
	};
	wire.slow(SLOW);
	const first = start();
	await retryUntil(there, (bytes) => bytes > 200_000);
	first.stop();
	expect(await first.exitCode).not.toBe(0);
	const [before, sent] = [await there(), wire.sent];

	const second = start();
	await retryUntil(there, (bytes) => bytes > before);
	wire.cut();
	await second.says('waiting: network');
	wire.mend();
	wire.slow(Infinity);

	expect(await second.exitCode).toBe(0);
	expect(second.output).toMatch(/ready: .*Back\.wav\n1 ready, 0 failed\.\n$/);
	expect(second.output.match(/waiting/g)).toHaveLength(1);
	expect(second.output).not.toContain('\r');
	// Twice it was cut in the middle of a piece; the rest went once.
	expect(wire.sent - sent).toBeLessThan(song.length - before + 2 * PIECES);
	wire.close();
	await rm(back, { recursive: true });
});

test('a file that is a link is sent, and where it leads nowhere it is not there', async () => {
	const linked = await mkdtemp(path.join(tmpdir(), 'segue-linked-'));
	await symlink(path.join(folder, 'Low Tide', '01 One.flac'), path.join(linked, '01 One.flac'));
	await symlink(path.join(folder, 'nowhere.flac'), path.join(linked, '02 Gone.flac'));

	const out = await runSegue(['upload', linked, '--to', portal.origin, '--token', token], {});

	expect(out).toMatch(/^duplicate: .*01 One\.flac\n1 ready, 0 failed\.\n$/);
	await rm(linked, { recursive: true });
});

test('on a terminal a bar moves', async () => {
	const out = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });

	const options = { folder, to: portal.origin, token, publish: false };
	await uploadFolder({ ...options, out: out as unknown as NodeJS.WriteStream });

	expect(out.read()).toMatch(/\r\u001b\[K█{24} 100 % {2}2 of 2 ready\n2 ready, 0 failed\.\n$/);
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
