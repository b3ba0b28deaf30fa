import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TrackPage } from '#contracts/track';
import { freePort, startPortal } from '../support/portal.ts';

const run = promisify(execFile);
const COMMAND = fileURLToPath(new URL('../../cli/demo.js', import.meta.url));

/** Music is composed, encoded, sent and taken in. */
const DEMO_MS = 240_000;

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `npm run demo` without npm. Its temporary folders are made in ours. */
async function demo(args: string[], env: Record<string, string>): Promise<string> {
	const { stdout } = await run(process.execPath, [COMMAND, ...args], {
		env: { PATH: process.env['PATH'], TMPDIR: folder, ...env }
	});
	return stdout;
}

const refusal = (args: string[], env: Record<string, string>) =>
	demo(args, env).then(
		() => '',
		({ stderr }: { stderr: string }) => stderr
	);

test(
	'a portal is filled once, by the owner, for everybody',
	async () => {
		const { portal, close } = await startPortal();
		try {
			const env = { DATA_DIR: portal.dataDir };
			const ask = ['--seconds', '20', '--to', portal.origin];
			const first = await demo(['--tracks', '5', ...ask], env);
			const page = await portal.visitor.fetch('/api/tracks?limit=200');
			const { tracks } = (await page.json()) as TrackPage;
			// A larger library begins with the smaller one, to the byte: an MP3 and a FLAC.
			const second = await demo(['--tracks', '2', ...ask], env);
			const again = await portal.visitor.fetch('/api/tracks?limit=200');

			expect(first).toContain('5 tracks added');
			expect(tracks).toHaveLength(5);
			const count = new Map<string, number>();
			for (const { artist, release } of tracks) {
				const name = `${artist} / ${release}`;
				count.set(name, (count.get(name) ?? 0) + 1);
			}
			expect(count).toEqual(
				new Map([
					['Hollow Atlas / Lucid Orbit', 1],
					['Winter Foxes / Broken Summer', 1],
					['静かな図書館 / 雨の声', 3]
				])
			);
			const covers = new Set(tracks.map(({ coverUrl }) => coverUrl));
			expect(covers.size).toBe(3);
			for (const url of covers) {
				const picture = await portal.visitor.fetch(url ?? '/no-cover');
				expect(picture.status).toBe(200);
			}
			for (const { state, durationSeconds } of tracks) {
				expect(state).toBe('ready');
				expect(durationSeconds).toBeGreaterThan(20);
			}
			expect(second).toContain('Nothing was added');
			expect(((await again.json()) as TrackPage).tracks).toHaveLength(5);
			expect(readdirSync(folder)).toEqual([]);
		} finally {
			await close();
		}
	},
	DEMO_MS
);

test('who has not started a portal is told how', async () => {
	const to = `http://127.0.0.1:${await freePort()}`;

	expect(await refusal(['--to', to], {})).toContain('Run `npm start` in another terminal');
});

test('who has not made an account is told where', async () => {
	const { portal, close } = await startPortal({ OWNER_EMAIL: '', OWNER_PASSWORD: '' });
	try {
		const said = await refusal(['--to', portal.origin], { DATA_DIR: portal.dataDir });
		const elsewhere = await refusal(['--to', portal.origin], { DATA_DIR: folder });

		expect(said).toContain('Open the link that `npm start` printed');
		expect(elsewhere).toContain('Give the DATA_DIR that it has, or a token');
	} finally {
		await close();
	}
});

test.each([
	['--tracks', '0'],
	['--tracks', 'many'],
	['--seconds', '0'],
	['--seed', '-1']
])('%s %s is refused in words', async (name, value) => {
	const said = await refusal([`${name}=${value}`, '--to', 'http://127.0.0.1:9'], {});

	expect(said).toContain(`${name} must be a whole number`);
	expect(said).not.toContain('    at ');
});
