import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

/** A word that no other process on this machine has among its arguments. */
const MARK = `86400.${process.pid}`;
const READY_MS = 2_000;

interface Told {
	status: string;
	isolation: { status: string; missing: { layer: string; means: string }[] };
}

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let programs: string;

beforeAll(async () => {
	const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v ffmpeg']);
	programs = await mkdtemp(path.join(tmpdir(), 'segue-fake-'));
	// What lies behind the sound of a file says what ffmpeg does to it.
	const fake = `#!/bin/sh
case $(tail -c 16 input | tr -cd A-Z) in
*HANG) exec sleep ${MARK} ;;
*DEAF) trap '' TERM INT HUP; while :; do sleep ${MARK}; done ;;
*CRASH) exec perl -e 'unpack "p", pack "L!", 1' ;;
*FLOOD) exec yes ;;
*ENDLESS) exec cat /dev/zero > output ;;
*FORKS) setsid sleep ${MARK} & sleep ${MARK} & exec sleep ${MARK} ;;
esac
exec ${stdout.trim()} "$@"
`;
	await writeFile(path.join(programs, 'ffmpeg'), fake);
	await chmod(path.join(programs, 'ffmpeg'), 0o755);
	({ portal, close } = await startPortal({
		PATH: `${programs}:${process.env['PATH']}`,
		FFMPEG_TIMEOUT_SECONDS: '3'
	}));
	owner = await portal.signIn();
});
afterAll(async () => {
	await close();
	await rm(programs, { recursive: true, force: true });
});

/** I4: no process and no folder of it is left, whatever happened. */
afterEach(async () => {
	await retryUntil(
		async () => leftovers(),
		(left) => left.length === 0
	);
	await retryUntil(
		() => readdir(path.join(portal.dataDir, 'storage/tmp')),
		(left) => left.length === 0
	);
});

function leftovers(): string[] {
	return readdirSync('/proc').filter((pid) => {
		try {
			return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(MARK);
		} catch {
			return false; // ended while we looked
		}
	});
}

let hertz = 500;
/** A WAV, so that it must be encoded, that makes ffmpeg do this. */
async function provoking(behaviour: string): Promise<Uint8Array<ArrayBuffer>> {
	const wav = await makeMusic({ format: 'wav', seconds: 1, hertz: (hertz += 11) });
	return new Uint8Array(Buffer.concat([wav, Buffer.from(behaviour)]));
}

test.each([
	['hangs', 'HANG', 'timeout'],
	['does not let itself be terminated', 'DEAF', 'timeout'],
	['crashes', 'CRASH', 'unreadable'],
	['floods us', 'FLOOD', 'limits'],
	['writes without end', 'ENDLESS', 'limits'],
	['leaves children behind', 'FORKS', 'timeout']
])('a file over which ffmpeg %s has a reason, and the next one plays', async (_, does, code) => {
	const bad = await owner.send('bad.wav', await provoking(does));
	const good = await owner.send('good.wav', await provoking(''));
	const asked = performance.now();
	const ready = await portal.visitor.fetch('/readyz');

	expect(ready.status).toBe(200);
	expect(performance.now() - asked).toBeLessThan(READY_MS);
	expect(await owner.outcome(bad)).toMatchObject({ state: 'failed', code });
	expect(await owner.outcome(good)).toMatchObject({ state: 'ready' });
});

test('ffmpeg goes when the portal is killed, and its file is taken up again', async () => {
	const id = await owner.send('killed.wav', await provoking('HANG'));
	await retryUntil(
		async () => leftovers(),
		(left) => left.length > 0
	);
	await portal.kill();
	await retryUntil(
		async () => leftovers(),
		(left) => left.length === 0
	);
	await portal.start();

	expect(await owner.outcome(id)).toMatchObject({ state: 'failed', code: 'timeout' });
});

test.runIf(process.platform === 'linux')(
	'ffmpeg comes last in line for the CPU and the disk',
	async () => {
		const id = await owner.send('last.wav', await provoking('HANG'));
		const [pid = ''] = await retryUntil(
			async () => leftovers(),
			(running) => running.length > 0
		);
		const ask = async (program: string, ...args: string[]) =>
			(await promisify(execFile)(program, args)).stdout.trim();

		expect(await ask('ps', '-o', 'ni=', '-p', pid)).toBe('19');
		expect(await ask('ionice', '-p', pid)).toBe('idle');
		await owner.outcome(id);
	}
);

test('how well it is isolated is told to the owner and to nobody else', async () => {
	const told = await (await owner.fetch('/readyz')).json();
	const public_ = await (await portal.visitor.fetch('/readyz')).json();

	expect(told).toMatchObject({ status: 'ok', isolation: { status: expect.any(String) } });
	expect(public_).not.toHaveProperty('isolation');
});

test('a machine without cages says which layers are missing and what for', async () => {
	const bare = await mkdtemp(path.join(tmpdir(), 'segue-bare-'));
	for (const program of ['ffmpeg', 'ffprobe']) {
		const { stdout } = await promisify(execFile)('sh', ['-c', `command -v ${program}`]);
		await writeFile(path.join(bare, program), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`);
		await chmod(path.join(bare, program), 0o755);
	}
	const started = await startPortal({ PATH: bare });
	try {
		const client = await started.portal.signIn();
		const id = await client.send('song.wav', await provoking(''));
		const told = (await (await client.fetch('/readyz')).json()) as Told;
		const { status, isolation } = told;

		expect((await client.outcome(id)).state).toBe('ready');
		expect(status).toBe('ok');
		expect(isolation.status).toBe('degraded');
		expect(isolation.missing.map(({ layer }) => layer).sort()).toEqual(
			['death', 'files', 'limits', 'network', 'privileges', 'processes', 'yielding'].sort()
		);
		expect(isolation.missing[0]?.means).toMatch(/\w+ .*\.$/);
	} finally {
		await started.close();
		await rm(bare, { recursive: true, force: true });
	}
});
