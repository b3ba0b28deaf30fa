import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MOST_BUNDLED, type BundledFile } from '#contracts/bundle';
import { Bundler } from './bundler.ts';
import type { SendError } from './send-error.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Sent {
	line: BundledFile[];
	rest: string;
	token: string | null;
	/** Answers that these are there, or with a status. */
	answer: (is: readonly string[] | number, headers?: Record<string, string>) => void;
	fail: (error: Error) => void;
	isAborted: () => boolean;
}

function setUp({ mostBytes = 1_000_000, digest }: { mostBytes?: number; digest?: null } = {}) {
	const sent: Sent[] = [];
	const turns: number[] = [];
	const ends: boolean[] = [];
	const onsent = vi.fn();
	const bundler = new Bundler({
		...{ base: 'https://portal.test', road: { credentials: 'omit' }, onsent },
		...(digest === null && { digest }),
		mostBytes: () => mostBytes,
		pace: {
			async take(bytes) {
				turns.push(bytes);
				return ({ arrived }) => void ends.push(arrived);
			}
		},
		fetch(_url, init) {
			const { promise, resolve, reject } = Promise.withResolvers<Response>();
			const text = new TextDecoder().decode(init?.body as Uint8Array);
			const [line = '', rest = ''] = text.split('\n');
			const { signal } = init ?? {};
			signal?.addEventListener('abort', () => reject(signal.reason as Error));
			sent.push({
				...{ line: JSON.parse(line) as BundledFile[], rest, fail: reject },
				token: new Headers(init?.headers).get('Authorization'),
				isAborted: () => signal?.aborted ?? false,
				answer(is, headers = {}) {
					const files = typeof is === 'number' ? [] : is.map((id) => ({ id, isThere: true }));
					const status = typeof is === 'number' ? is : 200;
					const said = { 'Tus-Resumable': '1.0.0', ...headers };
					resolve(new Response(JSON.stringify({ files }), { status, headers: said }));
				}
			});
			return promise;
		}
	});
	const send = (id: string, text = id, signal = new AbortController().signal) => {
		const file = new File([text], `${id}.mp3`);
		const small = { file, size: file.size, url: `/files/${id}`, token: `t-${id}` };
		const sending = bundler.send(small, signal);
		sending.catch(() => {});
		return sending;
	};
	return { bundler, sent, turns, ends, onsent, send };
}

/** Files are read, and the hash is made, by others. */
const underWay = (sent: readonly Sent[], bundles: number) =>
	vi.waitFor(() => expect(sent).toHaveLength(bundles));

test('what sets out in the same moment travels together, each with its hash', async () => {
	const { sent, turns, ends, send } = setUp();

	const files = [send('a', 'one'), send('b', 'three')];
	await underWay(sent, 1);
	sent[0]?.answer(['a', 'b']);

	expect(await Promise.all(files)).toEqual([true, true]);
	const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
	expect(sent[0]?.line).toEqual([
		{ id: 'a', size: 3, sha256: sha256('one') },
		{ id: 'b', size: 5, sha256: sha256('three') }
	]);
	expect(sent[0]?.rest).toBe('onethree');
	expect(sent[0]?.token).toBe('Bearer t-b');
	expect(turns).toHaveLength(1);
	expect(ends).toEqual([true]);
});

test('without a secure context files travel without a hash', async () => {
	const { sent, send } = setUp({ digest: null });

	void send('a');
	await underWay(sent, 1);

	expect(sent[0]?.line).toEqual([{ id: 'a', size: 1 }]);
});

test('a bundle is no larger than the link can take, and one file goes whatever its size', async () => {
	const { sent, send } = setUp({ mostBytes: 10 });

	for (const id of ['a', 'b', 'c']) void send(id, '123456');
	void send('d', '123456789012345');
	await underWay(sent, 4);

	expect(sent.map(({ line }) => line.map(({ id }) => id))).toEqual([['a'], ['b'], ['c'], ['d']]);
});

test('a bundle holds no more files than the server takes', async () => {
	const { sent, send } = setUp();

	for (let n = 0; n < MOST_BUNDLED.files + 2; n += 1) void send(`f${n}`);
	await underWay(sent, 2);

	expect(sent.map(({ line }) => line.length).sort((a, b) => a - b)).toEqual([
		2,
		MOST_BUNDLED.files
	]);
});

test('what did not arrive with the others is to go by itself', async () => {
	const { sent, send } = setUp();

	const [a, b] = [send('a'), send('b')];
	await underWay(sent, 1);
	sent[0]?.answer(['b']);

	expect([await a, await b]).toEqual([false, true]);
});

test('a file that cannot be read is to go by itself, and keeps nobody', async () => {
	const { bundler, sent, send } = setUp();
	const file = Object.assign(new File(['1'], 'gone.mp3'), {
		arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError'))
	});

	const gone = bundler.send(
		{ file, size: 1, url: '/files/g', token: 't' },
		new AbortController().signal
	);
	const there = send('a');
	await underWay(sent, 1);
	sent[0]?.answer(['a']);

	expect([await gone, await there]).toEqual([false, true]);
});

test('who is called back leaves, and the others set out again', async () => {
	const { sent, send } = setUp();
	const called = new AbortController();
	const [a, b] = [send('a', 'a', called.signal), send('b')];
	await underWay(sent, 1);

	called.abort(new Error('cancelled'));

	await expect(a).rejects.toThrow('cancelled');
	await underWay(sent, 2);
	expect(sent[0]?.isAborted()).toBe(true);
	expect(sent[1]?.line.map(({ id }) => id)).toEqual(['b']);
	sent[1]?.answer(['b']);
	expect(await b).toBe(true);
});

test.each([
	[401, 'unauthorized', {}, null],
	[429, 'away', { 'Retry-After': '7' }, 7_000],
	[503, 'away', {}, null],
	[507, 'disk_full', {}, null]
])('%d holds of all of them', async (status, problem, headers, retryAfterMs) => {
	const { sent, ends, send } = setUp();

	const files = [send('a'), send('b')];
	await underWay(sent, 1);
	sent[0]?.answer(status, headers);

	const ended = await Promise.allSettled(files);
	const reasons = ended.map((each) => (each as { reason: SendError }).reason);
	expect(reasons).toMatchObject([
		{ problem, retryAfterMs },
		{ problem, retryAfterMs }
	]);
	expect(ends).toEqual([false]);
});

test('a network that is away is away for all of them', async () => {
	const { sent, send } = setUp();

	const files = [send('a'), send('b')];
	await underWay(sent, 1);
	sent[0]?.fail(new TypeError('Failed to fetch'));

	for (const file of files) await expect(file).rejects.toMatchObject({ problem: 'network' });
});

test('a server that fails at a bundle is given its files one by one', async () => {
	const { sent, send } = setUp();

	const files = [send('a'), send('b')];
	await underWay(sent, 1);
	sent[0]?.answer(500);

	expect(await Promise.all(files)).toEqual([false, false]);
	void send('c');
	await underWay(sent, 2);
});

test('who takes no bundles is asked once', async () => {
	const { bundler, sent, send } = setUp();

	const first = send('a');
	await underWay(sent, 1);
	expect(bundler.takes(1)).toBe(true);
	sent[0]?.answer(404);

	expect(await first).toBe(false);
	expect(bundler.takes(1)).toBe(false);
});

test('what the link takes in pieces, or the server in no bundle, does not travel so', () => {
	const { bundler } = setUp({ mostBytes: 32_768 });

	expect([32_768, 32_769].map((size) => bundler.takes(size))).toEqual([true, false]);
	const { bundler: onFastLink } = setUp({ mostBytes: Infinity });
	const { fileBytes } = MOST_BUNDLED;
	expect([fileBytes, fileBytes + 1].map((size) => onFastLink.takes(size))).toEqual([true, false]);
});
