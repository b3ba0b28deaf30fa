import { afterEach, expect, test } from 'vitest';
import { Overrun, Thread, type Heard } from './thread.ts';

/** Long enough for what ends by itself: only a fault waits for it. */
const LONG_MS = 30_000;

let thread: Thread;
afterEach(() => thread.close());

/** A thread that echoes, but for what it is told to do instead. */
function echoing(deeds: Record<string, string> = {}) {
	const source = `
		import { parentPort } from 'node:worker_threads';
		const post = (message) => parentPort.postMessage(message);
		const deeds = { ${Object.entries(deeds).map(([name, deed]) => `${name}() { ${deed} }`)} };
		parentPort.on('message', (asked) => (deeds[asked] ? deeds[asked]() : post({ value: asked })));
	`;
	const module = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
	thread = new Thread({ module, maxHeapMb: 16, name: 'echo' });
	return (question: string, timeoutMs = LONG_MS) =>
		thread.ask(question, { timeoutMs, hear: (message) => message as Heard<string> });
}

test('whoever asks gets their own answer, in the order of the questions', async () => {
	const ask = echoing();
	const order: string[] = [];
	const asked = ['one', 'two', 'three'].map(async (word) => order.push(await ask(word)));
	await Promise.all(asked);

	expect(order).toEqual(['one', 'two', 'three']);
});

test('a question that never ends is given up, and the next one is answered', async () => {
	const ask = echoing({ hang: 'for (;;);' });
	const [hung, next] = await Promise.allSettled([ask('hang', 200), ask('next')]);

	expect(hung).toMatchObject({ reason: new Overrun('the echo took longer than 200 ms') });
	expect(next).toEqual({ status: 'fulfilled', value: 'next' });
});

test('one that takes all memory is given up, and the next one is answered', async () => {
	const ask = echoing({ grow: 'const all = []; for (let at = 0; ; at++) all.push({ at });' });
	const [grown, next] = await Promise.allSettled([ask('grow'), ask('next')]);

	expect(grown).toMatchObject({ reason: expect.any(Overrun) as Overrun });
	expect(grown).toMatchObject({ reason: { cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } } });
	expect(next).toEqual({ status: 'fulfilled', value: 'next' });
});

test.each([
	['that throws', 'throw new Error("broken");'],
	['that ends its thread', 'process.exit(3);'],
	['that is answered with nothing', 'post(undefined);'],
	['that is answered with rubbish', 'post(7);']
])('one %s is given up, and the next one is answered', async (_, deed) => {
	const ask = echoing({ deed });
	const [given, next] = await Promise.allSettled([ask('deed'), ask('next')]);

	expect(given).toMatchObject({ reason: expect.any(Overrun) as Overrun });
	expect(next).toEqual({ status: 'fulfilled', value: 'next' });
});

test('a long answer comes in parts, and is taken as one', async () => {
	echoing({ parts: 'post("a");', more: 'post("b");' });
	const parts: unknown[] = [];
	const value = await thread.ask('parts', {
		timeoutMs: LONG_MS,
		hear: (message) => (parts.push(message) < 3 ? 'more' : { value: parts.join('') })
	});

	expect(value).toBe('abb');
});

test('closed, it refuses what is asked and what was', async () => {
	const ask = echoing({ hang: 'for (;;);' });
	const refused = { reason: new Error('the echo was closed') };
	const [hung, waiting] = [ask('hang'), ask('next')];
	const settled = Promise.allSettled([hung, waiting]);
	await new Promise((resolve) => setImmediate(resolve));
	await thread.close();

	expect(await settled).toMatchObject([refused, refused]);
	await expect(ask('again')).rejects.toThrow('the echo was closed');
});
