import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import type { Log } from '../ops/log.ts';
import { createJobs, type Jobs, type NewJob } from './jobs.ts';

const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A song that is worked on until the test says how it ends. */
interface Work {
	name: string;
	signal: AbortSignal;
	end: () => void;
	fail: (error: Error) => void;
}

let catalogue: Catalogue;
let jobs: Jobs;
let begun: Work[];
let givenUp: { name: string; error: unknown }[];
let now: number;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	[begun, givenUp, now] = [[], [], 1_000_000];
	jobs = open();
});
afterEach(async () => {
	for (const { end } of begun) end();
	await jobs.close();
	await catalogue.close();
});

function open(concurrency = 1): Jobs {
	const opened = createJobs({ catalogue, concurrency, log, now: () => now });
	opened.work('song', {
		run(payload, signal) {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			signal.addEventListener('abort', () => reject(signal.reason));
			begun.push({ name: payload as string, signal, end: resolve, fail: reject });
			return promise;
		},
		async giveUp(payload, error) {
			givenUp.push({ name: payload as string, error });
		}
	});
	return opened;
}

const add = (name: string, job: Partial<NewJob> = {}) =>
	jobs.add({ kind: 'song', key: name, payload: name, ...job }, catalogue);
const names = () => begun.map(({ name }) => name);
/** Resolves once so many were begun in all. */
const hasBegun = (count: number) => vi.waitFor(() => expect(begun).toHaveLength(count));
const last = () => begun.at(-1)!;
const counts = async () => (await jobs.counts())[0];
/** Whatever there is to do at once has been done. */
async function idle() {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the job that was begun last fail, and time pass until its next try. */
async function failUntilNextTry(error: Error, waitMs: number) {
	const tries = begun.length;
	last().fail(error);
	await vi.waitFor(async () => expect((await counts())?.running).toBe(0));
	now += waitMs - 1;
	jobs.wake();
	await idle();
	expect(begun).toHaveLength(tries);
	now += 1;
	jobs.wake();
	await hasBegun(tries + 1);
}

test('background work waits until nothing else does', async () => {
	await add('peaks', { priority: 'background' });
	await add('single');
	await add('now', { priority: 'urgent' });

	await jobs.start();

	for (let count = 1; count <= 3; count++) {
		await hasBegun(count);
		last().end();
	}
	expect(names()).toEqual(['now', 'single', 'peaks']);
});

test('however long background work takes, a song that comes is begun at once', async () => {
	await add('rendition', { priority: 'background' });
	await add('rendition 2', { priority: 'background' });
	await jobs.start();
	await hasBegun(1);

	await add('single');
	await hasBegun(2);
	await add('single 2');
	await idle();

	// One place more and no two, and no background work in it.
	expect(names()).toEqual(['rendition', 'single']);
	begun[1]?.end();
	await hasBegun(3);
	expect(last().name).toBe('single 2');
});

test('no more run at once than may', async () => {
	jobs = open(2);
	for (const name of ['a', 'b', 'c']) await add(name);

	await jobs.start();
	await hasBegun(2);
	await idle();

	expect(names()).toEqual(['a', 'b']);
});

test('while bytes come in work begins at a walk, and at once when they are all there', async () => {
	jobs = open(3);
	await jobs.start();
	jobs.ease(true);
	for (const name of ['a', 'b', 'c']) await add(name);
	await hasBegun(1);
	await idle();
	expect(names()).toEqual(['a']);
	await hasBegun(2);

	jobs.ease(false);

	await hasBegun(3);
});

test('what fails is tried three times, ever later, and then given up', async () => {
	await add('song', { owner: 'ada' });
	await jobs.start();
	await hasBegun(1);

	await failUntilNextTry(new Error('first'), 2_000);
	await failUntilNextTry(new Error('second'), 8_000);
	last().fail(new Error('third', { cause: new Error('the cable') }));
	await vi.waitFor(async () => expect((await counts())?.dead).toBe(1));

	expect(givenUp).toMatchObject([{ name: 'song', error: { message: 'third' } }]);
	const [letter] = await catalogue.deadLetters.list({}, 10);
	expect(letter).toMatchObject({
		kind: 'song',
		cause: 'unexpected',
		attempts: 3,
		firstFailedAt: 1_000_000,
		lastFailedAt: now,
		detail: 'Error: third\nbecause of Error: the cable'
	});
});

test('a full disk costs a job no try', async () => {
	await add('song');
	await jobs.start();
	await hasBegun(1);

	for (let at = 0; at < 5; at++) {
		await failUntilNextTry(Object.assign(new Error('no room'), { code: 'ENOSPC' }), 30_000);
	}
	last().end();

	await vi.waitFor(async () =>
		expect(await counts()).toEqual({ kind: 'song', waiting: 0, running: 0, dead: 0 })
	);
	expect(givenUp).toEqual([]);
});

test('what waits for the machine says why', async () => {
	await add('song');
	await jobs.start();
	await hasBegun(1);

	last().fail(Object.assign(new Error('no room'), { code: 'ENOSPC' }));

	await vi.waitFor(async () =>
		expect(await catalogue.jobs.heldUp()).toEqual([{ kind: 'song', cause: 'disk_full', count: 1 }])
	);
});

test('a job that takes the process with it each time is given up', async () => {
	await add('bomb');
	const claim = { now, leaseUntil: now + 1, most: 20 };
	for (let at = 0; at < 3; at++) {
		await catalogue.jobs.claim(claim);
		await catalogue.jobs.freeLeases(now); // as at the start of the next process
	}

	await jobs.start();

	await vi.waitFor(async () => expect((await counts())?.dead).toBe(1));
	expect(names()).toEqual([]);
	expect(await catalogue.deadLetters.groups()).toEqual([
		{ kind: 'song', cause: 'process_died', count: 1 }
	]);
});

test('work that nobody knows how to do is kept, and its kind is counted', async () => {
	await jobs.add({ kind: 'unheard', key: 'x', payload: { trackId: 't' } }, catalogue);

	await jobs.start();

	await vi.waitFor(async () =>
		expect(await jobs.counts()).toEqual([
			{ kind: 'unheard', waiting: 0, running: 0, dead: 1 },
			{ kind: 'song', waiting: 0, running: 0, dead: 0 }
		])
	);
	expect((await catalogue.deadLetters.list({}, 1))[0]?.cause).toBe('no_worker');
});

test('what is stopped begins again, and the try does not count', async () => {
	await add('song');
	await jobs.start();
	await hasBegun(1);

	await jobs.close();
	jobs = open();
	await jobs.start();
	await hasBegun(2);

	expect(begun[0]?.signal.aborted).toBe(true);
	last().fail(new Error('first'));
	await vi.waitFor(async () => expect((await counts())?.waiting).toBe(1));
	expect(givenUp).toEqual([]);
});

test('a beat that is late does not begin a job twice in one process', async () => {
	jobs = open(2);
	await add('song');
	await jobs.start();
	await hasBegun(1);

	now += 10 * 60_000;
	jobs.wake();
	await idle();

	expect(begun).toHaveLength(1);
});

test('one key is one job', async () => {
	await add('song');
	await add('song', { priority: 'urgent' });

	expect(await counts()).toMatchObject({ waiting: 1 });
});
