import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeadLetter, JobCounts } from '#contracts/job';
import type { LiveMessage } from '#contracts/live';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

/** Each command is a process that loads the server. */
const COMMANDS_MS = 60_000;
const METRICS_TOKEN = 'a-token-for-metrics';
const SONGS = ['one.flac', 'two.flac', 'three.flac', 'four.flac'];

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
/** Of what was given up, all at once: it takes three tries. */
let uploads: string[];
let given: { counts: JobCounts[]; dead: DeadLetter[] };

beforeAll(async () => {
	({ portal, close } = await startPortal({ METRICS_TOKEN, JOBS_RETRY_SECONDS: '0.1' }));
	owner = await portal.signIn();
	const mend = await breakWorkshop();
	uploads = await giveUp(SONGS);
	await mend();
	given = await listed();
});
afterAll(() => close());

const segue = (...args: string[]) => runSegue(args, { DATA_DIR: portal.dataDir });
const listed = async () => JSON.parse(await segue('jobs', '--json')) as typeof given;
const letterOf = (name: string) => given.dead.find(({ about }) => about === `Coast/${name}`);
const state = async (id: string) => (await owner.upload(id)).state;
const statesSince = async (seq: number, uploadId: string) => {
	const response = await owner.fetch(`/api/live?since=${seq}`);
	const { events } = (await response.json()) as LiveMessage;
	return events.flatMap((event) =>
		event.type === 'upload_changed' && event.uploadId === uploadId ? event.state : []
	);
};
/** How many jobs are so, as the metrics say. */
const jobsThat = async (...labels: string[]) => {
	const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
	const text = await (await portal.visitor.fetch('/metrics', { headers })).text();
	const lines = text.split('\n').filter((line) => line.startsWith('segue_jobs{'));
	expect(lines.length).toBeGreaterThan(0);
	return lines
		.filter((line) => labels.every((label) => line.includes(label)))
		.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};
const deadIngests = () => jobsThat('kind="ingest"', 'state="dead"');
/** Resolves once there is nothing to do: what plays has its copies too, of which nobody is told. */
const atRest = () =>
	retryUntil(
		async () => (await jobsThat('state="waiting"')) + (await jobsThat('state="running"')),
		(left) => left === 0
	);

/** Where music is worked on is no folder any more. @returns what mends it */
async function breakWorkshop(): Promise<() => Promise<void>> {
	const folder = path.join(portal.dataDir, 'storage/tmp');
	await rm(folder, { recursive: true });
	await writeFile(folder, '');
	return async () => {
		await rm(folder);
		await mkdir(folder);
	};
}

/** Sends songs that are given up. @returns their uploads' ids */
async function giveUp(names: readonly string[]): Promise<string[]> {
	const ids = [];
	for (const [at, name] of names.entries()) {
		const song = await makeMusic({ format: 'flac', hertz: 500 + 10 * at });
		ids.push(await owner.send(name, song, { path: `Coast/${name}` }));
	}
	for (const id of ids) {
		expect(await owner.outcome(id)).toMatchObject({ state: 'failed', code: 'poison' });
	}
	await retryUntil(deadIngests, (dead) => dead === names.length);
	return ids;
}

test(
	'what is given up plays once it is mended and tried again, while the server runs',
	{ timeout: COMMANDS_MS },
	async () => {
		const [id = ''] = uploads;
		expect(given.counts).toEqual([{ kind: 'ingest', waiting: 0, running: 0, dead: 4 }]);
		const letter = letterOf('one.flac');
		expect(letter).toMatchObject({
			kind: 'ingest',
			cause: 'file_missing',
			owner: 'owner',
			attempts: 3
		});
		expect(letter?.detail).toContain('ENOTDIR');
		expect(await segue('jobs')).toContain('A file or folder that it needs is not there.');
		const { seq } = (await (await owner.fetch('/api/live')).json()) as LiveMessage;

		const said = await segue('jobs', 'retry', String(letter?.id));

		expect(said).toBe('1 tried again.\n');
		// The server looks for what others wrote; its own timer would take a minute.
		expect(await owner.outcome(id)).toMatchObject({ state: 'ready' });
		expect((await statesSince(seq, id))[0]).toBe('received');
		expect((await statesSince(seq, id)).at(-1)).toBe('ready');
		await retryUntil(deadIngests, (dead) => dead === 3);
	}
);

test(
	'what is dropped is not listed, and retry still brings it back',
	{ timeout: COMMANDS_MS },
	async () => {
		const id = uploads[3] ?? '';
		const letter = String(letterOf('four.flac')?.id);

		expect(await segue('jobs', 'drop', letter)).toContain('1 dropped.');
		expect((await listed()).dead.map(({ about }) => about)).not.toContain('Coast/four.flac');
		expect(await state(id)).toBe('failed');
		await segue('jobs', 'retry', letter);

		expect((await owner.outcome(id)).state).toBe('ready');
	}
);

test(
	'tried again while no server runs, it plays after the next start',
	{ timeout: COMMANDS_MS },
	async () => {
		const [, two = '', three = ''] = uploads;
		await atRest();
		await portal.stop();

		const { retried } = JSON.parse(await segue('jobs', 'retry', '--all', '--json'));

		expect(retried).toBe(2);
		expect(await listed()).toEqual({
			counts: [{ kind: 'ingest', waiting: 2, running: 0, dead: 0 }],
			dead: []
		});
		await portal.start();
		expect((await owner.outcome(two)).state).toBe('ready');
		expect((await owner.outcome(three)).state).toBe('ready');
		await atRest();
		expect(await listed()).toEqual({ counts: [], dead: [] });
	}
);

test.concurrent.each([
	['an id that is none', ['retry', 'x'], '"x" is no id'],
	['a job that nobody gave up', ['drop', '12345'], 'There is no job 12345'],
	['neither an id nor all', ['retry'], 'Which one?'],
	['both', ['retry', '1', '--all'], 'Which one?'],
	['no id to drop', ['drop'], 'The id is missing.'],
	['a word that is no command', ['revive', '1'], 'There is no command "jobs revive"']
])('%s is told in a sentence', { timeout: COMMANDS_MS }, async (_what, args, sentence) => {
	const failed = await segue('jobs', ...args).catch((error: { stderr: string }) => error);

	expect((failed as { stderr: string }).stderr).toContain(sentence);
	expect((failed as { stderr: string }).stderr).not.toContain('    at ');
});

test('only the owner sees and moves the work', async () => {
	const password = 'a-long-enough-one';
	const file = path.join(portal.dataDir, 'password');
	await writeFile(file, password);
	const email = 'bea@portal.test';
	const who = ['--email', email, '--role', 'artist', '--password-file', file];
	await segue('user', 'add', ...who);
	const artist = await portal.signIn({ email, password });
	const post = (client: Client) =>
		client.fetch('/admin/jobs?/retryAll', {
			method: 'POST',
			redirect: 'manual',
			headers: { Accept: 'text/html', Origin: portal.origin, 'X-Forwarded-Proto': 'http' },
			body: new URLSearchParams({ kind: 'ingest', cause: 'unexpected' })
		});

	const answers = await Promise.all([
		artist.fetch('/admin/jobs'),
		post(artist),
		post(portal.visitor),
		owner.fetch('/admin/jobs'),
		post(owner)
	]);

	expect(answers.map(({ status }) => status)).toEqual([403, 403, 401, 200, 200]);
	const visit = await portal.visitor.fetch('/admin/jobs', { redirect: 'manual' });
	expect(visit.headers.get('location')).toBe('/signin?next=/admin/jobs');
});
