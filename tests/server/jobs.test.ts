import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeadLetter, JobCounts } from '#contracts/job';
import type { LiveMessage } from '#contracts/live';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { retryUntil } from '../support/until.ts';

/** Three tries, two and eight seconds apart. */
const GIVING_UP_MS = 60_000;
const METRICS_TOKEN = 'a-token-for-metrics';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let hertz = 500;

beforeAll(async () => {
	({ portal, close } = await startPortal({ METRICS_TOKEN }));
	owner = await portal.signIn();
});
afterAll(() => close());

const segue = (...args: string[]) => runSegue(args, { DATA_DIR: portal.dataDir });
const listed = async () =>
	JSON.parse(await segue('jobs', '--json')) as { counts: JobCounts[]; dead: DeadLetter[] };
const state = async (id: string) => (await owner.upload(id)).state;
const statesSince = async (seq: number, uploadId: string) => {
	const response = await owner.fetch(`/api/live?since=${seq}`);
	const { events } = (await response.json()) as LiveMessage;
	return events.flatMap((event) =>
		event.type === 'upload_changed' && event.uploadId === uploadId ? event.state : []
	);
};
const metric = async (labels: string) => {
	const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
	const text = await (await portal.visitor.fetch('/metrics', { headers })).text();
	return text.split('\n').find((line) => line.startsWith(`segue_jobs{${labels}}`));
};

/** Resolves once nobody has anything to do: tracks that play have their copies too. */
const atRest = () =>
	retryUntil(listed, ({ counts }) =>
		counts.every(({ waiting, running }) => waiting + running === 0)
	);

/** Where music is worked on is no folder any more. @returns what mends it */
async function breakWorkshop(): Promise<() => Promise<void>> {
	// What is made of earlier songs would be given up too.
	await atRest();
	const folder = path.join(portal.dataDir, 'storage/tmp');
	await rm(folder, { recursive: true });
	await writeFile(folder, '');
	return async () => {
		await rm(folder);
		await mkdir(folder);
	};
}

/** Sends songs that are given up. @returns their uploads' ids */
async function giveUp(...names: string[]): Promise<string[]> {
	const ids = [];
	for (const name of names) {
		const song = await makeMusic({ format: 'flac', hertz: (hertz += 10) });
		ids.push(await owner.send(name, song, { path: `Coast/${name}` }));
	}
	for (const id of ids) {
		expect(await owner.outcome(id)).toMatchObject({ state: 'failed', code: 'poison' });
	}
	await retryUntil(listed, ({ dead }) => dead.length === names.length);
	return ids;
}

test(
	'what is given up plays once it is mended and tried again, while the server runs',
	{ timeout: GIVING_UP_MS },
	async () => {
		const mend = await breakWorkshop();
		const [id = ''] = await giveUp('one.flac');
		expect(await metric('kind="ingest",state="dead"')).toMatch(/ 1$/);
		const { counts, dead } = await listed();
		expect(counts).toEqual([{ kind: 'ingest', waiting: 0, running: 0, dead: 1 }]);
		expect(dead).toMatchObject([
			{
				kind: 'ingest',
				cause: 'file_missing',
				about: 'Coast/one.flac',
				owner: 'owner',
				attempts: 3
			}
		]);
		expect(dead[0]?.detail).toContain('ENOTDIR');
		expect(await segue('jobs')).toContain('A file or folder that it needs is not there.');
		await mend();
		const { seq } = (await (await owner.fetch('/api/live')).json()) as LiveMessage;

		const said = await segue('jobs', 'retry', String(dead[0]?.id));

		expect(said).toBe('1 tried again.\n');
		// The server looks for what others wrote; its own timer would take a minute.
		expect(await owner.outcome(id)).toMatchObject({ state: 'ready' });
		expect((await statesSince(seq, id))[0]).toBe('received');
		expect((await statesSince(seq, id)).at(-1)).toBe('ready');
		expect(await atRest()).toEqual({ counts: [], dead: [] });
		expect(await metric('kind="ingest",state="dead"')).toMatch(/ 0$/);
	}
);

test(
	'tried again while no server runs, it plays after the next start',
	{ timeout: GIVING_UP_MS },
	async () => {
		const mend = await breakWorkshop();
		const [two = '', three = ''] = await giveUp('two.flac', 'three.flac');
		await portal.stop();
		await mend();

		const { retried } = JSON.parse(await segue('jobs', 'retry', '--all', '--json'));

		expect(retried).toBe(2);
		expect((await listed()).counts).toEqual([{ kind: 'ingest', waiting: 2, running: 0, dead: 0 }]);
		await portal.start();
		expect((await owner.outcome(two)).state).toBe('ready');
		expect((await owner.outcome(three)).state).toBe('ready');
	}
);

test(
	'what is dropped is not listed, and retry still brings it back',
	{ timeout: GIVING_UP_MS },
	async () => {
		const mend = await breakWorkshop();
		const [id = ''] = await giveUp('four.flac');
		const letter = String((await listed()).dead[0]?.id);
		await mend();

		expect(await segue('jobs', 'drop', letter)).toContain('1 dropped.');
		expect((await listed()).dead).toEqual([]);
		expect(await state(id)).toBe('failed');
		await segue('jobs', 'retry', letter);

		expect((await owner.outcome(id)).state).toBe('ready');
	}
);

test.each([
	['an id that is none', ['retry', 'x'], '"x" is no id'],
	['a job that nobody gave up', ['drop', '12345'], 'There is no job 12345'],
	['neither an id nor all', ['retry'], 'Which one?'],
	['both', ['retry', '1', '--all'], 'Which one?'],
	['no id to drop', ['drop'], 'The id is missing.'],
	['a word that is no command', ['revive', '1'], 'There is no command "jobs revive"']
])('%s is told in a sentence', async (_what, args, sentence) => {
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
