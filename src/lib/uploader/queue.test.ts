import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MOST_BUNDLED } from '#contracts/bundle';
import type { NewUpload, Registration, UploadRecord } from '#contracts/upload';
import type { Batch } from './list.ts';
import { UploadQueue, type QueueParts } from './queue.ts';
import { SendError, type SendProblem } from './send-error.ts';
import type { Parcel, Transport } from './transport.ts';
import type { UploadApi } from './api.ts';
import type { Journal, JournalRecord } from './journal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Sending extends Parcel {
	signal: AbortSignal;
	onprogress: (bytes: number) => void;
	arrive: () => void;
	fail: (problem: SendProblem, retryAfterMs?: number) => void;
}

/** Ends a send when the test says so. */
class FakeTransport implements Transport {
	isBundling = false;
	readonly sending: Sending[] = [];
	readonly discarded: string[] = [];

	send(parcel: Parcel, options: { signal: AbortSignal; onprogress: (bytes: number) => void }) {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		options.signal.addEventListener('abort', () => reject(options.signal.reason));
		this.sending.push({
			...parcel,
			...options,
			arrive: resolve,
			fail: (problem, retryAfterMs) =>
				reject(new SendError(problem, { retryAfterMs: retryAfterMs ?? null }))
		});
		return promise;
	}
	async discard({ url }: { url: string }) {
		this.discarded.push(url);
	}
	named(name: string): Sending {
		const found = this.sending.findLast(({ file }) => file.name === name);
		if (!found) throw new Error(`${name} is not being sent`);
		return found;
	}
}

/** Accepts everything, unless told otherwise. */
class FakeApi implements UploadApi {
	readonly registered: NewUpload[][] = [];
	answer = ({ key }: NewUpload): Registration['uploads'][number] => ({
		key,
		outcome: 'accepted',
		id: `id-${key}`,
		url: `/files/${key}`
	});
	problem: SendProblem | null = null;

	async register(files: readonly NewUpload[]): Promise<Registration> {
		if (this.problem) throw new SendError(this.problem);
		this.registered.push([...files]);
		return {
			token: `token-${this.registered.length}`,
			expiresAt: '',
			uploads: files.map((file) => this.answer(file))
		};
	}
	readonly described: Parameters<UploadApi['describe']>[0][] = [];
	readonly published: { ids: readonly string[]; isPublic: boolean }[] = [];
	async describe(uploads: Parameters<UploadApi['describe']>[0]) {
		if (this.problem) throw new SendError(this.problem);
		this.described.push(uploads);
	}
	async publish(ids: readonly string[], isPublic: boolean) {
		this.published.push({ ids, isPublic });
	}
	known: UploadRecord[] = [];
	arrived = 0;
	async open() {
		const uploads = this.known.filter(({ state }) => state === 'waiting' || state === 'sending');
		return { uploads, arrived: this.arrived };
	}
	async changes() {
		return { cursor: '0', uploads: this.known };
	}
}

/** Keeps what it was told, as a browser would over a reload. */
class FakeJournal implements Journal {
	readonly records = new Map<string, JournalRecord>();

	async load() {
		return [...this.records.values()].sort((a, b) => a.order - b.order);
	}
	put(records: readonly JournalRecord[]) {
		for (const record of records) this.records.set(record.key, structuredClone(record));
	}
	remove(keys: readonly string[]) {
		for (const key of keys) this.records.delete(key);
	}
	async flush() {}
	close() {}
}

const song = (name: string, { bytes = '12345', lastModified = 1 } = {}) => ({
	file: new File([bytes], name, { lastModified }),
	path: `Album/${name}`
});

function setUp(parts: Partial<QueueParts> = {}) {
	const [api, transport] = [new FakeApi(), new FakeTransport()];
	const batches: Batch[] = [];
	let key = 0;
	const queue = new UploadQueue({
		api,
		transport,
		lanes: 2,
		onbatch: (batch) => batches.push(batch),
		newKey: () => `k${key++}`,
		random: () => 1,
		now: () => Date.now(),
		...parts
	});
	const drop = async (...names: string[]) => {
		queue.add(names.map((name) => ({ file: new File(['12345'], name), path: null })));
		await settle();
	};
	const state = (name: string) => queue.all.find((upload) => upload.name === name)?.state;
	return { api, transport, queue, batches, drop, state };
}

/** Lets every promise that can go on go on. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const pastUndo = () => vi.advanceTimersByTimeAsync(12_000);

test('files are registered together and sent in order, no more at once than there are lanes', async () => {
	const { api, transport, drop, state } = setUp();

	await drop('a', 'b', 'c');

	expect(api.registered.map((files) => files.map(({ name }) => name))).toEqual([['a', 'b', 'c']]);
	expect(transport.sending.map(({ file }) => file.name)).toEqual(['a', 'b']);
	expect(state('c')).toEqual({ kind: 'waiting' });

	transport.named('a').arrive();
	await settle();
	expect(transport.sending.map(({ file }) => file.name)).toEqual(['a', 'b', 'c']);
	expect(state('a')).toEqual({ kind: 'received' });
});

test('where small files share a request a lane takes as many as one holds, and a large one alone', async () => {
	const { transport, queue, drop } = setUp();
	transport.isBundling = true;
	const large = new File([new Uint8Array(MOST_BUNDLED.fileBytes + 1)], 'large');
	queue.add([
		{ file: new File(['1'], 'a'), path: null },
		{ file: new File(['2'], 'b'), path: null },
		{ file: large, path: null }
	]);

	await drop(...Array.from({ length: MOST_BUNDLED.files }, (_, n) => `late ${n}`));

	expect(transport.sending.map(({ file }) => file.name)).toEqual(['a', 'b', 'large']);
	transport.named('a').arrive();
	await settle();
	expect(transport.sending).toHaveLength(3); // its lane is b's too
	transport.named('b').arrive();
	await settle();
	expect(transport.sending).toHaveLength(3 + MOST_BUNDLED.files);
});

test('what was tried goes alone: how much of it is there must be asked', async () => {
	const { transport, drop } = setUp();
	transport.isBundling = true;
	await drop('a', 'b');
	for (const name of ['a', 'b']) transport.named(name).fail('server');
	await vi.advanceTimersByTimeAsync(120_000);

	expect(transport.sending.slice(2)).toMatchObject([{ isFresh: false }, { isFresh: false }]);
	await drop('c');

	expect(transport.sending).toHaveLength(4); // each has a lane of its own
});

test('a thousand files are registered 200 at a time and not before they are needed', async () => {
	const { api, drop } = setUp();

	await drop(...Array.from({ length: 1000 }, (_, at) => `f${at}`));

	expect(api.registered.map((files) => files.length)).toEqual([200]);
});

test('bytes that arrived are not yet a track: only the server says ready', async () => {
	const { transport, queue, drop, state, batches } = setUp();
	await drop('a');
	transport.named('a').arrive();
	await settle();

	expect(queue.summary).toMatchObject({ sent: 1, ready: 0, processing: 1, active: true });
	expect(batches).toEqual([]);

	queue.hear([{ type: 'upload_changed', uploadId: 'id-k0', state: 'ready', trackId: 't' }]);
	expect(state('a')).toEqual({ kind: 'ready', trackId: 't' });
	expect(queue.summary).toMatchObject({ ready: 1, active: false });
	expect(batches).toEqual([{ ready: 1, duplicates: 0, failed: 0, trackIds: ['t'] }]);
});

test('news that overtakes the answer to the last chunk is not undone by it', async () => {
	const { transport, queue, drop, state } = setUp();
	await drop('a');

	queue.hear([{ type: 'upload_changed', uploadId: 'id-k0', state: 'ready', trackId: 't' }]);
	transport.named('a').arrive();
	await settle();

	expect(state('a')).toEqual({ kind: 'ready', trackId: 't' });
});

test('a batch is told once, when nothing of it is under way', async () => {
	const { api, transport, queue, drop, batches } = setUp();
	const accept = api.answer;
	api.answer = (file) =>
		file.name === 'no' ? { key: file.key, outcome: 'refused', code: 'not_audio' } : accept(file);
	await drop('a', 'no');
	transport.named('a').arrive();
	await settle();

	queue.hear([{ type: 'upload_changed', uploadId: 'id-k0', state: 'ready', trackId: 't' }]);

	expect(batches).toEqual([{ ready: 1, duplicates: 0, failed: 1, trackIds: ['t'] }]);
});

test('a file cancelled while it waits is never sent', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b');

	queue.cancel(['k1']);
	transport.named('a').arrive();
	await settle();

	expect(transport.sending.map(({ file }) => file.name)).toEqual(['a']);
	await pastUndo();
	expect(transport.discarded).toEqual(['/files/k1']);
});

test('a file cancelled while it is sent stops, is forgotten by the server, and frees its lane', async () => {
	const { transport, queue, drop, state } = setUp({ lanes: 1 });
	await drop('a', 'b');

	queue.cancel(['k0']);
	await settle();

	expect(transport.named('a').signal.aborted).toBe(true);
	expect(state('a')).toEqual({ kind: 'cancelled' });
	expect(transport.named('b').signal.aborted).toBe(false);
	await pastUndo();
	expect(transport.discarded).toEqual(['/files/k0']);
	expect(queue.summary).toMatchObject({ failed: 0 });
});

test('when the network goes away every file waits, says why, and goes on by itself', async () => {
	const { transport, queue, drop, state } = setUp();
	await drop('a', 'b', 'c');

	transport.named('a').fail('network');
	transport.named('b').fail('network');
	await settle();
	expect(queue.summary.hold).toBe('network');
	expect([state('a'), state('b')]).toEqual([{ kind: 'waiting' }, { kind: 'waiting' }]);
	expect(transport.sending).toHaveLength(2);

	await vi.advanceTimersByTimeAsync(1_000);
	expect(transport.sending).toHaveLength(4);
	expect(transport.named('a').isFresh).toBe(false);
	transport.named('a').onprogress(2);
	expect(queue.summary.hold).toBeNull();
});

// was: with each try of a server that restarted, the dock said that it sent, and then that nobody answers, 2026-11-22
test('what holds the queue is said until something gets through', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b');
	transport.named('a').fail('away');
	await vi.advanceTimersByTimeAsync(1_000);
	expect(names(transport)).toEqual(['a', 'a']);
	expect(queue.summary.hold).toBe('server');

	transport.named('a').fail('away');
	await settle();
	expect(queue.summary.hold).toBe('server');

	queue.goOn();
	expect(queue.summary.hold).toBeNull();
	transport.named('a').fail('away');
	await vi.advanceTimersByTimeAsync(10_000);
	expect(queue.summary.hold).toBe('server');
	transport.named('a').arrive();
	await settle();
	expect(queue.summary.hold).toBeNull();
});

test('a dead network is asked ever more rarely and never given up', async () => {
	const { transport, drop, state } = setUp({ lanes: 1 });
	await drop('a');

	for (let failures = 0; failures < 20; failures++) {
		transport.sending.at(-1)?.fail('network');
		await vi.advanceTimersByTimeAsync(30_000);
	}

	expect(transport.sending).toHaveLength(21);
	expect(state('a')?.kind).toBe('sending');
});

test('a single dropped behind an album does not wait for all of it', async () => {
	const { transport, queue } = setUp({ lanes: 1 });
	queue.add(
		['1', '2', '3'].map((name) => ({ file: new File(['12345'], name), path: `Album/${name}` }))
	);
	queue.add([{ file: new File(['12345'], 'single'), path: null }]);
	await settle();

	transport.named('1').arrive();
	await settle();
	transport.named('2').arrive();
	await settle();

	expect(transport.sending.map(({ file }) => file.name)).toEqual(['1', '2', 'single']);
});

test('after five failures in a row one file alone finds out whether the road is mended', async () => {
	const { transport, drop } = setUp({ lanes: 2 });
	await drop('a', 'b', 'c');
	for (let failures = 0; failures < 5; failures++) {
		for (const { fail } of transport.sending.slice(-2)) fail('network');
		await vi.advanceTimersByTimeAsync(29_000);
	}
	const before = transport.sending.length;

	await vi.advanceTimersByTimeAsync(1_000);
	expect(transport.sending).toHaveLength(before + 1);

	transport.sending.at(-1)?.arrive();
	await settle();
	expect(transport.sending).toHaveLength(before + 3);
});

test('coming online ends the wait at once', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a');
	transport.named('a').fail('network');
	await settle();

	queue.goOn();

	expect(transport.sending).toHaveLength(2);
});

test('a server that is away for an hour costs no file', async () => {
	const { transport, queue, drop, state } = setUp({ lanes: 1 });
	await drop('a');

	for (let failures = 0; failures < 120; failures++) {
		transport.named('a').fail('away');
		await vi.advanceTimersByTimeAsync(30_000);
	}

	expect(state('a')?.kind).toBe('sending');
	transport.named('a').fail('away');
	await settle();
	expect(queue.summary.hold).toBe('server');
});

test('a file for which there is no room yet waits instead of failing', async () => {
	const { api, transport, queue, drop, state } = setUp({ lanes: 1 });
	const accept = api.answer;
	api.answer = ({ key }) => ({ key, outcome: 'refused', code: 'disk_full' });
	await drop('a');
	expect(state('a')).toEqual({ kind: 'waiting' });
	expect(queue.summary.hold).toBe('disk_full');

	api.answer = accept;
	await vi.advanceTimersByTimeAsync(30_000);

	expect(transport.named('a').file.name).toBe('a');
});

test('a file that the server cannot take fails after a few tries, and the others go on', async () => {
	const { transport, drop, state } = setUp({ lanes: 1 });
	await drop('a', 'b', 'c');

	for (let failures = 0; failures < 6; failures++) {
		transport.named('a').fail('server');
		if (failures === 0) {
			await settle();
			transport.named('b').arrive();
			await settle();
			transport.named('c').arrive();
		}
		await vi.advanceTimersByTimeAsync(40_000);
	}

	expect(state('a')).toEqual({ kind: 'failed', code: 'unexpected' });
	expect([state('b')?.kind, state('c')?.kind]).toEqual(['received', 'received']);
});

test('a lapsed token is renewed by registering again, under the same key', async () => {
	const { api, transport, drop } = setUp({ lanes: 1 });
	await drop('a');

	transport.named('a').fail('unauthorized');
	await settle();

	expect(api.registered.map((files) => files[0]?.key)).toEqual(['k0', 'k0']);
	expect(transport.named('a')).toMatchObject({
		token: 'token-2',
		url: '/files/k0',
		isFresh: false
	});
});

test('who is signed out is asked to sign in, and then it goes on', async () => {
	const { api, transport, queue, drop } = setUp();
	api.problem = 'unauthorized';
	await drop('a');
	await vi.advanceTimersByTimeAsync(600_000);
	expect(queue.summary.hold).toBe('signed_out');

	api.problem = null;
	queue.signedIn();
	await settle();

	expect(transport.named('a').file.name).toBe('a');
});

test('an answer to who was signed out a moment ago does not stop who signed in meanwhile', async () => {
	const { api, transport, queue, drop } = setUp();
	const answered = Promise.withResolvers<never>();
	const { register } = api;
	api.register = () => answered.promise;
	await drop('a');

	queue.signedIn();
	api.register = register;
	answered.reject(new SendError('unauthorized'));
	await settle();

	expect(queue.summary.hold).toBe(null);
	expect(transport.named('a').file.name).toBe('a');
});

test('a full disk holds the queue and is tried again', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a');
	transport.named('a').fail('disk_full');
	await settle();
	expect(queue.summary.hold).toBe('disk_full');

	await vi.advanceTimersByTimeAsync(30_000);

	expect(transport.sending).toHaveLength(2);
});

test('a file that changed on disk fails at once, and a retry begins anew', async () => {
	const { api, transport, queue, drop, state } = setUp({ lanes: 1 });
	await drop('a');
	transport.named('a').fail('changed_on_disk');
	await settle();
	expect(state('a')).toEqual({ kind: 'failed', code: 'changed_on_disk' });

	queue.retryFailed();
	await settle();

	expect(api.registered).toHaveLength(2);
	expect(transport.named('a').isFresh).toBe(true);
});

test('a listener learns that uploading is not for them', async () => {
	const { api, drop, state } = setUp();
	api.problem = 'forbidden';

	await drop('a');

	expect(state('a')).toEqual({ kind: 'failed', code: 'forbidden' });
});

test('the numbers follow the bytes, and a list that is cleared counts nothing', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a', 'b');

	transport.named('a').onprogress(3);
	expect(queue.summary).toMatchObject({ files: 2, bytes: 10, bytesSent: 3 });

	transport.named('a').arrive();
	transport.named('b').arrive();
	await settle();
	queue.hear(
		['k0', 'k1'].map((key) => ({
			type: 'upload_changed' as const,
			uploadId: `id-${key}`,
			state: 'ready' as const
		}))
	);
	expect(queue.summary).toMatchObject({ bytesSent: 10, ready: 2, active: false });

	queue.clearFinished();
	expect(queue.summary).toMatchObject({ files: 0, bytes: 0, bytesSent: 0, sent: 0, ready: 0 });
});

test('a closed queue sends nothing more', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b');

	queue.close();
	await settle();

	expect(transport.named('a').signal.aborted).toBe(true);
	expect(transport.sending).toHaveLength(1);
});

test('a reload brings the queue back, and the same folder dropped again goes on with it', async () => {
	const journal = new FakeJournal();
	const first = setUp({ lanes: 1 });
	await first.queue.lead(journal);
	first.queue.add([song('a'), song('b')]);
	await settle();
	first.queue.close();

	const { api, transport, queue, state } = setUp({ lanes: 1, newKey: () => 'new' });
	api.known = [
		{ id: 'id-k0', key: 'k0', name: 'a', path: null, size: 5, offset: 3, state: 'sending' },
		{ id: 'id-k1', key: 'k1', name: 'b', path: null, size: 5, offset: 0, state: 'waiting' }
	];
	await queue.lead(journal);
	await queue.catchUp();
	expect([state('a'), state('b')]).toEqual([
		{ kind: 'unbound', sent: 3 },
		{ kind: 'unbound', sent: 0 }
	]);
	expect(queue.summary).toMatchObject({ unbound: 2, active: false, bytesSent: 3 });

	queue.add([song('a'), song('b'), song('c')]);
	await settle();

	expect(queue.all.map(({ key }) => key)).toEqual(['k0', 'k1', 'new']);
	expect(transport.named('a')).toMatchObject({ url: '/files/k0', isFresh: false });
});

test('what arrived before the reload is not asked for again', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.queue.close();

	const { api, queue, state } = setUp();
	api.known = [
		{
			id: 'id-k0',
			key: 'k0',
			name: 'a',
			path: null,
			size: 5,
			offset: 5,
			state: 'ready',
			trackId: 't'
		}
	];
	await queue.lead(journal);
	await queue.catchUp();

	expect(state('a')).toEqual({ kind: 'ready', trackId: 't' });
	expect(journal.records.size).toBe(0);
});

test('a file that was changed meanwhile is another file', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.queue.close();
	const { queue } = setUp({ newKey: () => 'new' });
	await queue.lead(journal);

	queue.add([song('a', { lastModified: 2 })]);

	expect(queue.all.map(({ key, state }) => [key, state.kind])).toEqual([
		['k0', 'unbound'],
		['new', 'waiting']
	]);
});

test('the journal keeps what failed until somebody drops it, and nothing that arrived', async () => {
	const journal = new FakeJournal();
	const { transport, queue } = setUp();
	await queue.lead(journal);
	queue.add([song('a'), song('b')]);
	await settle();

	transport.named('a').arrive();
	transport.named('b').fail('changed_on_disk');
	await settle();
	expect([...journal.records.values()]).toMatchObject([{ name: 'b', failure: 'changed_on_disk' }]);

	queue.clearFinished();
	expect(journal.records.size).toBe(1);
	queue.drop(['k1']);
	expect(journal.records.size).toBe(0);
});

test('what arrived is counted after a reload too, until the last file of the list arrived', async () => {
	const journal = new FakeJournal();
	const first = setUp({ lanes: 4 });
	await first.queue.lead(journal);
	first.queue.add([song('a'), song('b'), song('c'), song('d')]);
	await settle();
	for (const name of ['a', 'b', 'c']) first.transport.named(name).arrive();
	await settle();
	first.queue.hear([
		{ type: 'upload_changed', uploadId: 'id-k0', state: 'ready', trackId: 't' },
		{ type: 'upload_changed', uploadId: 'id-k1', state: 'processing' }
	]);
	first.queue.close();

	const { api, transport, queue, batches, state } = setUp();
	const known = (key: string, name: string, state: 'ready' | 'sending'): UploadRecord => ({
		...{ id: `id-${key}`, key, name, path: null, size: 5, offset: 5, state, trackId: key }
	});
	api.known = [known('k0', 'a', 'ready'), known('k1', 'b', 'ready'), known('k3', 'd', 'sending')];
	await queue.lead(journal);
	expect(queue.summary).toMatchObject({ files: 4, sent: 3, ready: 1, unbound: 1 });
	await queue.catchUp();
	// The portal knows nothing of the third any more.
	expect(queue.all.map(({ name }) => name)).toEqual(['a', 'b', 'd']);
	expect(queue.summary).toMatchObject({ files: 3, ready: 2, unbound: 1 });

	queue.add([song('a'), song('b'), song('d')]);
	await settle();
	expect(names(transport)).toEqual(['d']);
	expect(journal.records.size).toBe(3);
	transport.named('d').arrive();
	await settle();
	expect(state('d')).toEqual({ kind: 'received' });
	expect(journal.records.size).toBe(0);
	queue.hear([{ type: 'upload_changed', uploadId: 'id-k3', state: 'ready', trackId: 'k3' }]);
	// What was added before was told before.
	expect(batches).toEqual([{ ready: 2, duplicates: 0, failed: 0, trackIds: ['k1', 'k3'] }]);
});

test('what failed before the reload is still there, and trying again asks for the file', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.transport.named('a').fail('forbidden');
	await settle();
	const { queue, state } = setUp();
	await queue.lead(journal);
	expect(state('a')).toEqual({ kind: 'failed', code: 'forbidden' });

	queue.retry(['k0']);
	expect(state('a')).toEqual({ kind: 'unbound', sent: 0 });

	queue.add([song('a')]);
	expect(state('a')).toEqual({ kind: 'waiting' });
});

test('an upload of an earlier visit can be given up', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	const { queue, transport } = setUp();
	await queue.lead(journal);

	queue.cancel(['k0']);
	await pastUndo();

	expect(transport.discarded).toEqual(['/files/k0']);
	expect(journal.records.size).toBe(0);
});

test('a tab that takes over remembers its own files beside those that were left', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	const second = setUp({ lanes: 0, newKey: () => 'own' });
	second.queue.add([song('b')]);
	await settle();
	expect([...journal.records.keys()]).toEqual(['k0']);

	first.queue.close();
	await second.queue.lead(journal);

	expect([...journal.records.keys()]).toEqual(['k0', 'own']);
	expect(second.queue.all.map(({ name }) => name)).toEqual(['b', 'a']);
});

const names = (transport: FakeTransport) => transport.sending.map(({ file }) => file.name);

test('a paused file frees its lane, and goes on from where it was', async () => {
	const { transport, queue, drop, state } = setUp({ lanes: 1 });
	await drop('a', 'b');
	transport.named('a').onprogress(3);

	queue.pause(['k0']);
	await settle();
	expect(state('a')).toEqual({ kind: 'paused', sent: 3 });
	expect(transport.named('a').signal.aborted).toBe(true);
	expect(names(transport)).toEqual(['a', 'b']);
	expect(queue.summary).toMatchObject({ paused: 1, bytesSent: 3 });

	queue.resume(['k0']);
	transport.named('b').arrive();
	await settle();
	expect(names(transport)).toEqual(['a', 'b', 'a']);
	expect(transport.named('a').isFresh).toBe(false);
});

test('everything can be paused, also what comes later, and goes on together', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a');

	queue.pauseAll();
	await drop('b');
	expect(queue.summary.hold).toBe('paused');
	expect(transport.named('a').signal.aborted).toBe(true);
	expect(names(transport)).toEqual(['a']);

	queue.resumeAll();
	await settle();
	expect(names(transport).slice(1).sort()).toEqual(['a', 'b']);
	expect(queue.summary.hold).toBe(null);
});

test('what is paused stays paused over a reload', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.queue.pause(['k0']);

	const { queue, transport, state } = setUp();
	await queue.lead(journal);
	queue.add([song('a')]);
	await settle();

	expect(state('a')).toEqual({ kind: 'paused', sent: 0 });
	expect(transport.sending).toEqual([]);
});

test('what is moved up goes before everything that was there first', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b', 'c', 'd');

	queue.moveUp(['k3']);
	transport.named('a').arrive();
	await settle();

	expect(names(transport)).toEqual(['a', 'd']);
});

test('who thinks better of cancelling loses nothing', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a');
	transport.named('a').onprogress(3);
	queue.cancel(['k0']);

	queue.uncancel(['k0']);
	await pastUndo();

	expect(transport.discarded).toEqual([]);
	expect(names(transport)).toEqual(['a', 'a']);
	expect(transport.named('a').url).toBe('/files/k0');
});

test('what was cancelled just before a reload is forgotten by the server all the same', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.queue.cancel(['k0']);
	first.queue.close();

	const { queue, transport } = setUp();
	await queue.lead(journal);
	await pastUndo();

	expect(transport.discarded).toEqual(['/files/k0']);
	expect(journal.records.size).toBe(0);
});

test('the same folder dropped twice is one set of files', async () => {
	const { api, queue } = setUp();
	queue.add([song('a'), song('b')]);

	queue.add([song('a'), song('b')]);

	await settle();
	expect(queue.all).toHaveLength(2);
	expect(api.registered.flat()).toHaveLength(2);
});

test('a file that is chosen again as it is now takes the place of the one that changed', async () => {
	const { transport, queue } = setUp();
	queue.add([song('a')]);
	await settle();
	transport.named('a').fail('changed_on_disk');
	await settle();

	queue.add([song('a', { bytes: 'longer now', lastModified: 2 })]);
	await settle();

	expect(queue.all.map(({ size, state }) => [size, state.kind])).toEqual([[10, 'sending']]);
	expect(transport.discarded).toEqual(['/files/k0']);
});

test('what failed and is dropped again is one file that is tried again, with what was said of it', async () => {
	const { api, queue } = setUp();
	const accept = api.answer;
	api.answer = (file) =>
		file.name === 'b' ? { key: file.key, outcome: 'refused', code: 'not_audio' } : accept(file);
	queue.add([song('a'), song('b')]);
	queue.describe(['k0'], { title: 'Said' });
	await settle();
	queue.hear([{ type: 'upload_changed', uploadId: 'id-k0', state: 'failed', code: 'poison' }]);

	queue.add([song('a'), song('b'), song('a')]);
	await settle();

	expect(queue.summary).toMatchObject({ files: 2, failed: 1 });
	expect(queue.all.map(({ name, state, description }) => [name, state.kind, description])).toEqual([
		['a', 'sending', { title: 'Said' }],
		['b', 'refused', {}]
	]);
});

test('one poisoned file among many costs the others nothing', async () => {
	const { transport, queue, drop, state } = setUp({ lanes: 2 });
	const others = Array.from({ length: 40 }, (_, at) => `f${at}`);
	await drop('poison', ...others);

	while (queue.all.some((each) => each.name !== 'poison' && each.state.kind !== 'received')) {
		for (const { file, arrive, fail } of transport.sending.splice(0)) {
			if (file.name === 'poison') fail('server');
			else arrive();
		}
		await settle();
		expect(queue.summary.hold).toBe(null);
	}

	expect(state('poison')?.kind).toBe('waiting');
});

test('a storm of server errors opens the breaker, and one file alone tries when it is over', async () => {
	const { transport, queue, drop } = setUp({ lanes: 3 });
	await drop(...Array.from({ length: 10 }, (_, at) => `f${at}`));
	for (let failed = 0; failed < 5; failed += 1) {
		transport.sending.shift()?.fail('server');
		await settle();
	}
	expect(queue.summary.hold).toBe('server');
	for (const { fail } of transport.sending.splice(0)) fail('server');
	await settle();
	expect(transport.sending).toEqual([]);

	await vi.advanceTimersByTimeAsync(30_000);
	expect(transport.sending).toHaveLength(1);
	transport.sending[0]?.arrive();
	await settle();
	expect(transport.sending.length).toBeGreaterThan(1);
});

test('a storm is a storm although files can be announced in the middle of it', async () => {
	const { transport, queue, drop } = setUp({ lanes: 5 });
	await drop('a', 'b', 'c', 'd');
	for (const { fail } of transport.sending.splice(0)) fail('server');
	await settle();

	await drop('e');
	transport.named('e').fail('server');
	await settle();

	expect(queue.summary.hold).toBe('server');
});

test('without a network what is on its way is put back at once, and goes first when it is there again', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b');

	queue.lostNetwork();
	await settle();
	expect(queue.summary.hold).toBe('network');
	expect(queue.all.map(({ state }) => state.kind)).toEqual(['waiting', 'waiting']);
	queue.goOn();
	await settle();

	expect(names(transport)).toEqual(['a', 'a']);
});

test('on a metered connection files wait until somebody says that they may go', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a', 'b');
	queue.spareData(true);
	await settle();
	expect(queue.summary.hold).toBe('metered');
	expect(queue.all.map(({ state }) => state.kind)).toEqual(['waiting', 'waiting']);
	queue.goOn();
	expect(queue.summary.hold).toBe('metered');

	queue.sendAnyway();
	await settle();

	expect(queue.summary.hold).toBe(null);
	expect(names(transport).slice(2).toSorted()).toEqual(['a', 'b']);
});

test('a connection that costs nothing again is used at once', async () => {
	const { transport, queue, drop } = setUp();
	queue.spareData(true);
	await drop('a');
	expect(transport.sending).toEqual([]);

	queue.spareData(false);
	await settle();

	expect(names(transport)).toEqual(['a']);
});

test('a server that is busy is left alone for as long as it asks', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a');

	transport.named('a').fail('away', 20_000);
	await vi.advanceTimersByTimeAsync(19_000);
	expect(queue.summary.hold).toBe('server');
	expect(names(transport)).toEqual(['a']);

	await vi.advanceTimersByTimeAsync(1_000);
	expect(names(transport)).toEqual(['a', 'a']);
});

test('a browser that has nothing left to send with stops at once', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a', 'b');

	transport.named('a').fail('exhausted');
	await vi.advanceTimersByTimeAsync(29_000);

	expect(queue.summary.hold).toBe('network');
	expect(names(transport)).toEqual(['a', 'b']);
});

test('what is said of a file goes with its registration, or after it', async () => {
	const { api, queue } = setUp();
	queue.pauseAll();
	queue.add([song('a')]);
	queue.describe(['k0'], { title: 'First' });
	queue.resumeAll();
	await settle();
	expect(api.registered[0]?.[0]?.description).toEqual({ title: 'First' });

	queue.describe(['k0'], { artist: 'Ada' });
	queue.describe(['k0'], { title: null });
	queue.publish(['k0'], true);
	await settle();

	expect(api.described).toEqual([[{ id: 'id-k0', description: { title: null, artist: 'Ada' } }]]);
	expect(api.published).toEqual([{ ids: ['id-k0'], isPublic: true }]);
	expect(queue.all[0]).toMatchObject({ isPublic: true, description: { artist: 'Ada' } });
});

test('what was said while the server was away is said when it is back, also after a reload', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a')]);
	await settle();
	first.api.problem = 'network';
	first.queue.describe(['k0'], { title: 'Said' });
	await settle();
	first.transport.named('a').arrive();
	await settle();
	expect([...journal.records.keys()]).toEqual(['k0']);
	first.queue.close();

	const { api, queue } = setUp();
	await queue.lead(journal);
	await settle();
	expect(api.described).toEqual([[{ id: 'id-k0', description: { title: 'Said' } }]]);
});

test('what is said of an upload that the server forgot is in nobody’s way', async () => {
	const { api, queue } = setUp();
	queue.add([song('a'), song('b')]);
	await settle();
	const { describe } = api;
	api.describe = async (uploads) => {
		if (uploads.some(({ id }) => id === 'id-k0')) throw new SendError('gone');
		await describe.call(api, uploads);
	};

	queue.describe(['k0', 'k1'], { artist: 'Ada' });
	await settle();

	expect(api.described).toEqual([[{ id: 'id-k1', description: { artist: 'Ada' } }]]);
});

test('a file that may be here already is hashed before its bytes are sent', async () => {
	const { api, transport, queue, drop, state } = setUp({ hash: async ({ name }) => `sha-${name}` });
	api.answer = (file) =>
		file.sha256 === 'sha-a'
			? { key: file.key, outcome: 'duplicate', trackId: 't' }
			: { key: file.key, outcome: 'accepted', id: 'i', url: '/u', mayBeDuplicate: true };

	await drop('a', 'b');

	expect(state('a')).toEqual({ kind: 'duplicate', trackId: 't' });
	expect(names(transport)).toEqual(['b']);
	expect(queue.summary).toMatchObject({ ready: 1, bytesSent: 5 });
});

test('a tab that takes over goes on with the files that it held', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	first.queue.add([song('a'), song('b')]);
	await settle();
	const held = first.queue.files();
	journal.records.delete('k1'); // it closed before this was written

	const { queue, transport } = setUp();
	await queue.lead(journal, held);
	await settle();

	expect(transport.sending.map(({ file, url }) => [file.name, url])).toEqual([
		['a', '/files/k0'],
		['b', '/files/k1']
	]);
	// What the other tab sent of it is on the server: it is asked how much.
	expect(transport.sending.map(({ isFresh }) => isFresh)).toEqual([false, false]);
});

test('a file that is found where it lay goes on, and one that changed says so', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	const place = { root: 'r', inside: ['a'] };
	first.queue.add([{ ...song('a'), place }, { ...song('b'), place }, song('c')]);
	await settle();

	const { queue, transport, state } = setUp();
	await queue.lead(journal);
	expect(queue.summary).toMatchObject({ unbound: 3, reopenable: 2 });
	expect(queue.places().map(({ key }) => key)).toEqual(['k0', 'k1']);
	await queue.give('k0', song('a').file);
	await queue.give('k1', song('b', { lastModified: 9 }).file);
	await settle();

	expect(names(transport)).toEqual(['a']);
	expect(state('b')).toEqual({ kind: 'failed', code: 'changed_on_disk' });
	expect(queue.summary).toMatchObject({ unbound: 1, reopenable: 0 });
});

test('other tabs are told what changed, and nothing twice', async () => {
	const { transport, queue, drop } = setUp({ lanes: 1 });
	await drop('a', 'b');
	expect(queue.takeChanges().uploads.map(({ name }) => name)).toEqual(['a', 'b']);

	transport.named('a').onprogress(2);
	queue.cancel(['k1']);
	queue.clearFinished();

	const { uploads, removed } = queue.takeChanges();
	expect(uploads.map(({ name }) => name)).toEqual(['a']);
	expect(removed).toEqual(['k1']);
	expect(queue.takeChanges()).toEqual({ uploads: [], removed: [] });
});

test('what another browser began goes on here when this one is given the same files', async () => {
	const { api, transport, queue } = setUp();
	const waiting = (name: string): UploadRecord => ({
		...{ id: `id-${name}`, key: `their-${name}`, name, path: `Album/${name}`, size: 5 },
		...{ lastModified: 1, offset: 2, state: 'sending' }
	});
	api.known = [waiting('a'), waiting('b'), waiting('c'), waiting('d')];
	api.arrived = 7;
	await queue.lead(new FakeJournal());
	await queue.catchUp();
	const summary = { elsewhere: 4, arrivedElsewhere: 7, files: 0, active: false };
	expect(queue.summary).toMatchObject(summary);

	for (const state of ['received', 'processing', 'ready'] as const)
		queue.hear([{ type: 'upload_changed', uploadId: 'id-c', state }]);
	queue.hear([{ type: 'upload_changed', uploadId: 'id-d', state: 'cancelled' }]);
	queue.add([song('a'), song('b', { lastModified: 2 })]);
	await settle();

	expect(api.registered.flat().map(({ key }) => key)).toEqual(['their-a', 'k0']);
	expect(transport.sending.map(({ isFresh }) => isFresh)).toEqual([false, true]);
	expect(queue.summary).toMatchObject({ elsewhere: 1, arrivedElsewhere: 8, files: 2 });
});

test('what the portal gave up and tries again is followed to its end', async () => {
	const { transport, queue, drop, state, batches } = setUp();
	await drop('a', 'b');
	for (const name of ['a', 'b']) transport.named(name).arrive();
	await settle();
	const say = (uploadId: string, news: Partial<UploadRecord>) =>
		queue.hear([{ type: 'upload_changed', uploadId, state: 'failed', ...news }]);
	say('id-k0', { code: 'poison' });
	say('id-k1', { code: 'unreadable' });
	expect(state('a')).toEqual({ kind: 'failed', code: 'poison' });

	for (const id of ['id-k0', 'id-k1']) say(id, { state: 'received' });
	expect([state('a')?.kind, state('b')?.kind]).toEqual(['received', 'failed']);
	expect(queue.summary).toMatchObject({ failed: 1, processing: 1, active: true });
	say('id-k0', { state: 'ready', trackId: 't' });

	expect(state('a')).toEqual({ kind: 'ready', trackId: 't' });
	expect(batches).toEqual([
		{ ready: 0, duplicates: 0, failed: 2, trackIds: [] },
		{ ready: 1, duplicates: 0, failed: 0, trackIds: ['t'] }
	]);
});

test('what the server ended is not sent again, whatever was on its way', async () => {
	const { transport, queue, drop, state } = setUp({ lanes: 1 });
	await drop('a', 'b');
	transport.named('a').fail('network');
	await settle();

	queue.hear([{ type: 'upload_changed', uploadId: 'id-k0', state: 'failed', code: 'not_audio' }]);
	queue.drop(['k0']);
	await vi.advanceTimersByTimeAsync(2_000);

	expect(state('a')).toBe(undefined);
	expect(names(transport)).toEqual(['a', 'b']);
	expect(queue.summary).toMatchObject({ files: 1, failed: 0 });
});

test('a file that was cancelled is not handed to another tab', async () => {
	const { queue, drop } = setUp();
	await drop('a', 'b');
	queue.cancel(['k0']);

	expect(queue.files().map(({ key }) => key)).toEqual(['k1']);
	expect(queue.wants('k0')).toBe(false);
});

test('one file that cannot be announced fails alone', async () => {
	const { api, queue, drop, state } = setUp();
	const { register } = api;
	api.register = async (files) => {
		if (files.some(({ name }) => name === 'bad')) throw new SendError('unreadable');
		return register.call(api, files);
	};

	await drop('a', 'b', 'bad', 'c', 'd');
	for (let rounds = 0; rounds < 5; rounds += 1) await settle();

	expect(state('bad')).toEqual({ kind: 'failed', code: 'unexpected' });
	expect(queue.all.filter(({ state: { kind } }) => kind === 'failed')).toHaveLength(1);
	expect(queue.summary.hold).toBe(null);
});

test('words that the server cannot read are in nobody’s way', async () => {
	const { api, queue } = setUp();
	queue.add([song('a'), song('b')]);
	await settle();
	const { describe } = api;
	api.describe = async (uploads) => {
		if (uploads.some(({ id }) => id === 'id-k0')) throw new SendError('unreadable');
		await describe.call(api, uploads);
	};

	queue.describe(['k0', 'k1'], { genre: 'Folk' });
	await settle();

	expect(api.described).toEqual([[{ id: 'id-k1', description: { genre: 'Folk' } }]]);
});

test('files that were not where they lay keep what was said of them when they are there again', async () => {
	const journal = new FakeJournal();
	const first = setUp();
	await first.queue.lead(journal);
	const place = { root: 'r', inside: ['a'] };
	first.queue.add([{ ...song('a'), place }]);
	await settle();
	first.queue.describe(['k0'], { title: 'Mine' });
	await settle();

	const { queue, transport } = setUp();
	await queue.lead(journal);
	await queue.give('k0', null);
	queue.add([song('a')]);
	await settle();

	expect(queue.all).toMatchObject([{ key: 'k0', description: { title: 'Mine' } }]);
	expect(transport.named('a').url).toBe('/files/k0');
	expect(transport.discarded).toEqual([]);
});

test('a file that changed keeps what was said of it', async () => {
	const { transport, queue } = setUp();
	queue.add([song('a')]);
	await settle();
	queue.describe(['k0'], { title: 'Mine' });
	queue.publish(['k0'], true);
	transport.named('a').fail('changed_on_disk');
	await settle();

	queue.add([song('a', { bytes: 'longer now', lastModified: 2 })]);

	expect(queue.all).toMatchObject([{ description: { title: 'Mine' }, isPublic: true }]);
});

test('what the server knows better is believed at registration', async () => {
	const { api, transport, drop, state } = setUp();
	api.answer = ({ key }) => ({
		...{ key, outcome: 'accepted', id: 'i', url: '/u' },
		...{ state: 'ready', trackId: 't' }
	});

	await drop('a');

	expect(state('a')).toEqual({ kind: 'ready', trackId: 't' });
	expect(transport.sending).toEqual([]);
});

test('the last word on whom a file is for is told again when an answer was lost', async () => {
	const { api, queue } = setUp();
	queue.publishesAtOnce = true;
	const { register } = api;
	api.register = async () => {
		throw new SendError('network'); // it arrived, and its answer did not
	};
	queue.add([song('a')]);
	await settle();

	queue.publish(['k0'], false);
	api.register = register;
	queue.goOn();
	await settle();

	expect(api.published).toEqual([{ ids: ['id-k0'], isPublic: false }]);
});

test('a cancelled upload is forgotten by the server once it can be told', async () => {
	const journal = new FakeJournal();
	const { transport, queue } = setUp();
	await queue.lead(journal);
	queue.add([song('a')]);
	await settle();
	const { discard } = transport;
	transport.discard = async () => {
		throw new SendError('network');
	};
	queue.cancel(['k0']);
	await pastUndo();
	expect(journal.records.size).toBe(1);

	transport.discard = discard;
	queue.goOn();
	await settle();

	expect(transport.discarded).toEqual(['/files/k0']);
	expect(journal.records.size).toBe(0);
});

test('who cancels, thinks better of it and cancels again has the whole time to undo', async () => {
	const { transport, queue, drop } = setUp();
	await drop('a');
	queue.cancel(['k0']);
	await vi.advanceTimersByTimeAsync(10_000);
	queue.uncancel(['k0']);
	await settle();
	queue.cancel(['k0']);

	await vi.advanceTimersByTimeAsync(11_000);
	expect(transport.discarded).toEqual([]);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(transport.discarded).toEqual(['/files/k0']);
});

test('a file that may be here already says so while it is compared', async () => {
	const hashing = Promise.withResolvers<string>();
	const { api, transport, drop, state } = setUp({ hash: () => hashing.promise });
	const accept = api.answer;
	api.answer = (file) => ({
		...accept(file),
		...(file.name === 'a' && file.sha256 === undefined && { mayBeDuplicate: true })
	});

	await drop('a', 'b');
	expect(state('a')).toEqual({ kind: 'waiting', isCompared: true });
	expect(names(transport)).toEqual(['b']);

	hashing.resolve('another');
	await settle();
	expect(state('a')).toEqual({ kind: 'sending', sent: 0 });
});

test('hashed files are registered together', async () => {
	const { api, drop } = setUp({ hash: async ({ name }) => `sha-${name}` });
	api.answer = ({ key, sha256 }) =>
		sha256
			? { key, outcome: 'duplicate', trackId: 't' }
			: { key, outcome: 'accepted', id: key, url: `/${key}`, mayBeDuplicate: true };

	await drop(...Array.from({ length: 100 }, (_, at) => `f${at}`));
	await settle();

	expect(api.registered.map((files) => files.length)).toEqual([100, 100]);
});

test('no server makes the queue wait for days', async () => {
	const { transport, drop } = setUp();
	await drop('a');

	transport.named('a').fail('away', 10 ** 12);
	await vi.advanceTimersByTimeAsync(5 * 60_000);

	expect(names(transport)).toEqual(['a', 'a']);
});

/** As if the first bytes told all files apart. */
const fingerprint = async (file: File) => `of ${await file.slice(0, 3).text()}`;

/** A visit in which two files were dropped and one of them began, and what it wrote down. */
async function earlierVisit() {
	const journal = new FakeJournal();
	const first = setUp({ lanes: 1 });
	await first.queue.lead(journal);
	first.queue.add([song('a'), song('b')]);
	for (const { key } of first.queue.all) first.queue.setFingerprint(key, 'of 123');
	first.queue.describe(['k0'], { title: 'Said' });
	await settle();
	first.transport.named('a').onprogress(3);
	first.queue.close();
	return journal;
}

test('a file that was written over under its old date is a new upload, never the rest of the old one', async () => {
	const journal = await earlierVisit();
	const late: string[] = [];
	const { queue, transport, api } = setUp({
		fingerprint,
		newKey: () => 'new',
		onlate: ({ key }) => late.push(key)
	});
	await queue.lead(journal);

	const became = queue.add([
		{ ...song('a', { bytes: 'XXX45' }), key: 'dropped' },
		{ ...song('b'), key: 'dropped too' }
	]);
	expect(transport.sending).toEqual([]);
	await settle();

	expect(became.get('dropped too')).toBe('k1');
	expect(queue.all.map(({ key, name }) => [key, name])).toEqual([
		['k1', 'b'],
		['new', 'a']
	]);
	expect(transport.named('b').url).toBe('/files/k1');
	expect(transport.named('a')).toMatchObject({ url: '/files/new', isFresh: true });
	expect(transport.discarded).toEqual(['/files/k0']);
	expect(late).toEqual(['new']);
	// What was said of it holds for it as it is now.
	expect(api.registered.flat().find(({ key }) => key === 'new')?.description).toEqual({
		title: 'Said'
	});
	expect([...journal.records.keys()].sort()).toEqual(['k1', 'new']);
});

// was: after the drop the page still asked for it, while it looked whether the files are the same, 2026-11-22
test('files that were dropped again are not asked for while they are compared', async () => {
	const journal = await earlierVisit();
	const reads = Promise.withResolvers<void>();
	const { queue } = setUp({ fingerprint: (file) => reads.promise.then(() => fingerprint(file)) });
	await queue.lead(journal);
	expect(queue.summary).toMatchObject({ unbound: 2, active: false });

	queue.add([song('a')]);
	expect(queue.summary).toMatchObject({ unbound: 1, active: true });
	reads.resolve();
	await settle();

	expect(queue.summary).toMatchObject({ unbound: 1, active: true });
	queue.cancel(queue.all.map(({ key }) => key));
	expect(queue.summary).toMatchObject({ unbound: 0, active: false });
});

test('a file that the browser opens again is asked for when it was written over', async () => {
	const journal = await earlierVisit();
	const { queue, transport, state } = setUp({ fingerprint, newKey: () => 'new' });
	await queue.lead(journal);

	await queue.give('k0', song('a', { bytes: 'XXX45' }).file);
	await queue.give('k1', song('b').file);
	await settle();

	expect(state('a')).toEqual({ kind: 'failed', code: 'changed_on_disk' });
	expect(transport.sending.map(({ url }) => url)).toEqual(['/files/k1']);

	// Chosen again as it is now, it is still not what it was.
	queue.add([song('a', { bytes: 'XXX45' })]);
	await settle();
	expect(queue.all.filter(({ name }) => name === 'a')).toHaveLength(1);
	expect(transport.named('a').url).toBe('/files/new');
});

test('the same folder dropped once more is looked at, and nothing comes of it', async () => {
	const { queue, transport } = setUp({ fingerprint });
	queue.add([song('a')]);
	queue.setFingerprint('k0', 'of 123');
	await settle();

	queue.add([song('a'), song('a')]);
	await settle();

	expect(queue.all).toHaveLength(1);
	expect(transport.sending).toHaveLength(1);
});

test('what was left out comes back as it was, and later is gone for good', async () => {
	const journal = new FakeJournal();
	const { queue, transport, state } = setUp();
	await queue.lead(journal);
	queue.takeChanges();
	queue.add([song('a'), song('b')]);
	await settle();
	transport.named('a').fail('changed_on_disk');
	transport.named('b').fail('changed_on_disk');
	await settle();

	queue.drop(['k0', 'k1']);
	expect(queue.summary).toMatchObject({ files: 0, failed: 0 });
	queue.undrop(['k0']);
	expect(state('a')).toEqual({ kind: 'failed', code: 'changed_on_disk' });
	expect([...journal.records.keys()]).toEqual(['k0']);
	// Other tabs, too, have the one back and not the other.
	const { uploads, removed } = queue.takeChanges();
	expect([uploads.map(({ key }) => key), removed]).toEqual([['k0'], ['k1']]);

	expect(transport.discarded).toEqual([]);
	await pastUndo();
	expect(transport.discarded).toEqual(['/files/k1']);
	queue.undrop(['k1']);
	expect(queue.all.map(({ key }) => key)).toEqual(['k0']);
});
