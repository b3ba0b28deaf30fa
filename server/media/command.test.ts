import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildCage, type Cage, type Layer } from './cage.ts';
import {
	CommandFailed,
	createRunner,
	type CommandOptions,
	type RunInBackground
} from './command.ts';

const SYSTEM_PATH = process.env['PATH'] ?? '';

const root = await mkdtemp(path.join(tmpdir(), 'segue-cage-'));
const library = path.join(root, 'library');
let count = 0;
await mkdir(path.join(library, 'tmp'), { recursive: true });
await writeFile(path.join(library, 'secret'), 'of somebody else');
// Before the tests, so that they know what this machine allows.
const cage = await buildCage({
	searchPath: SYSTEM_PATH,
	hidden: [path.join(library, 'tmp'), library],
	scratch: async () => ({ folder: await ownFolder(), release: async () => {} })
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function ownFolder(): Promise<string> {
	const folder = path.join(library, 'tmp', String(count++));
	await mkdir(folder);
	return folder;
}

const OPEN_DOORS: Pick<Cage, 'around'> = { around: () => [] };

/** Runs a script as if it were ffmpeg, first on the PATH. */
async function play(
	script: string,
	{ within = cage, ...options }: Partial<CommandOptions> & { within?: Pick<Cage, 'around'> } = {}
) {
	const programs = await ownFolderOf('programs');
	await writeFile(path.join(programs, 'fake'), `#!/bin/sh\n${script}\n`);
	await chmod(path.join(programs, 'fake'), 0o755);
	const searchPath = `${programs}:${SYSTEM_PATH}`;
	const run: RunInBackground = createRunner({ cage: within, searchPath });
	const cwd = await ownFolder();
	const { signal } = new AbortController();
	return { cwd, done: run('fake', [], { cwd, timeoutMs: 20_000, signal, ...options }) };
}

async function ownFolderOf(name: string): Promise<string> {
	const folder = path.join(root, `${name}-${count++}`);
	await mkdir(folder);
	return folder;
}

const reasonOf = async (running: Promise<unknown>) => {
	const error: unknown = await running.then(
		() => new Error('it ended well'),
		(thrown: unknown) => thrown
	);
	if (!(error instanceof CommandFailed)) throw error;
	return error.reason;
};

/** Processes anywhere that were started with this word among their arguments. */
function running(word: string): string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
			} catch {
				return false; // ended while we looked
			}
		});
}

const everywhere: [string, Pick<Cage, 'around'>][] = [
	['in the cage', cage],
	['where there is no cage', OPEN_DOORS]
];

describe.each(everywhere)('a program %s', (_, within) => {
	test('that ends well has its say', async () => {
		const { done } = await play('echo said; echo grumbled >&2', { within });

		expect(await done).toEqual({ stdout: 'said\n', stderr: 'grumbled\n' });
	});

	test('that sleeps for ever is ended', async () => {
		const { done } = await play('exec sleep 86401', { within, timeoutMs: 300 });

		expect(await reasonOf(done)).toBe('timeout');
		await expect.poll(() => running('86401')).toEqual([]);
	});

	test('that will not be terminated is killed', async () => {
		const script = "trap '' TERM INT HUP; while :; do sleep 86402; done";
		const { done } = await play(script, { within, timeoutMs: 300 });

		expect(await reasonOf(done)).toBe('timeout');
		await expect.poll(() => running('86402')).toEqual([]);
	});

	test('that floods us is stopped', async () => {
		const { done } = await play('exec yes', { within });

		expect(await reasonOf(done)).toBe('limits');
	});

	test('that complains without end is heard to its last word', async () => {
		const script =
			'i=0; while [ $i -lt 4000 ]; do echo a long complaint >&2; i=$((i+1)); done; echo last >&2';
		const { done } = await play(script, { within });

		const { stderr } = await done;
		expect(stderr.endsWith('last\n')).toBe(true);
		expect(stderr.length).toBeLessThanOrEqual(16 * 1024);
	});

	test('that crashes is told apart from one that was killed', async () => {
		const { done } = await play(`exec perl -e 'unpack "p", pack "L!", 1'`, { within });

		expect(await reasonOf(done)).toBe('crashed');
	});

	test('takes the children with it that stay in its group', async () => {
		const { done } = await play('sleep 86403 & sleep 86403 & exec sleep 86403', {
			within,
			timeoutMs: 300
		});

		expect(await reasonOf(done)).toBe('timeout');
		await expect.poll(() => running('86403')).toEqual([]);
	});

	test('does not hold us up by a child that keeps its pipes open', async () => {
		const { done } = await play('sleep 86404 & echo said', { within });

		expect((await done).stdout).toBe('said\n');
		await expect.poll(() => running('86404')).toEqual([]);
	});

	test('is ended when its job is', async () => {
		const abort = new AbortController();
		const { done } = await play('exec sleep 86405', { within, signal: abort.signal });
		abort.abort();

		expect(await reasonOf(done)).toBe('aborted');
		await expect.poll(() => running('86405')).toEqual([]);
	});
});

test('a program that is not there is missing', async () => {
	const run = createRunner({ cage: OPEN_DOORS, searchPath: '/nowhere' });
	const { signal } = new AbortController();

	expect(await reasonOf(run('fake', [], { cwd: root, timeoutMs: 1000, signal }))).toBe('missing');
});

/** Skipped, and counted, on a machine that does not have it. */
const withLayer = (layer: Layer) => test.skipIf(cage.missing.includes(layer));

withLayer('files')('in the cage there is nothing of the library but what it works on', async () => {
	const secret = path.join(library, 'secret');
	const script = `ls ${library} ..; cat ${secret} ../../secret; echo mine > output; cat output`;
	const { cwd, done } = await play(`${script}; exit 0`, { outputBytes: 1024 });

	const { stdout, stderr } = await done;
	expect(stdout).toContain('mine');
	expect(stdout + stderr).not.toContain('of somebody else');
	expect(stdout.split('\n')).not.toContain('secret');
	expect(await readFile(path.join(cwd, 'output'), 'utf8')).toBe('mine\n');
});

withLayer('network')('in the cage there is no network', async () => {
	const { done } = await play('cat /proc/net/dev');

	expect((await done).stdout.match(/^ *(?!lo:)\w+:/gm)).toBeNull();
});

withLayer('processes')(
	'in the cage nothing outlives it, not even what left its group',
	async () => {
		const script = 'setsid sleep 86406 & setsid sleep 86406 & sleep 0.2; echo said';
		const { done } = await play(script);

		expect((await done).stdout).toBe('said\n');
		await expect.poll(() => running('86406')).toEqual([]);
	}
);

withLayer('limits')('in the cage no file grows without end', async () => {
	const { cwd, done } = await play('exec cat /dev/zero > output', { outputBytes: 100_000 });

	expect(await reasonOf(done)).toBe('limits');
	expect((await readFile(path.join(cwd, 'output'))).length).toBe(100_000);
});

withLayer('limits')('in the cage memory has an end', async () => {
	const { done } = await play(`exec perl -e 'my $x = "x" x 2e9; print "had it"'`);

	expect(await reasonOf(done)).toBe('exit');
});

withLayer('privileges')('in the cage nobody is an administrator', async () => {
	const { done } = await play('grep CapEff /proc/self/status');

	expect((await done).stdout).toMatch(/CapEff:\s+0+\n/);
});
