import { expect, test } from 'vitest';
import {
	ThreadTransport,
	type SendNews,
	type SendOrder,
	type SendWorker
} from './thread-transport.ts';

class FakeWorker implements SendWorker {
	readonly orders: SendOrder[] = [];
	isTerminated = false;
	onmessage: SendWorker['onmessage'] = null;
	onerror: SendWorker['onerror'] = null;

	postMessage(order: SendOrder) {
		this.orders.push(order);
	}
	terminate() {
		this.isTerminated = true;
	}
	says(data: SendNews) {
		this.onmessage?.({ data });
	}
	fails() {
		this.onerror?.(undefined as never);
	}
	/** The number of the last thing that was asked of it. */
	get last(): number {
		const order = this.orders.at(-1);
		return order && 'id' in order ? order.id : -1;
	}
}

const parcel = { file: new File(['x'], 'x.mp3'), url: '/files/1', token: 't', isFresh: true };

function setUp() {
	const workers: FakeWorker[] = [];
	const uses: boolean[] = [];
	const transport = new ThreadTransport({
		open() {
			const worker = new FakeWorker();
			workers.push(worker);
			return worker;
		},
		requests: 12,
		isHttp2: true,
		onuse: (isUsed) => uses.push(isUsed)
	});
	const ending = new AbortController();
	const progress: number[] = [];
	const send = () =>
		transport.send(parcel, {
			signal: ending.signal,
			onprogress: (bytes) => progress.push(bytes)
		});
	return { transport, workers, uses, ending, progress, send };
}

test('a file goes by the thread, and says how much of it is there', async () => {
	const { workers, progress, uses, send } = setUp();
	const sent = send();
	const [worker] = workers;

	worker?.says({ isUsed: true });
	worker?.says({ id: worker.last, bytes: 1 });
	worker?.says({ id: worker.last, failure: null });
	await sent;

	expect(worker?.orders).toEqual([
		{ do: 'open', requests: 12, isHttp2: true },
		{ do: 'send', id: 1, parcel }
	]);
	expect([progress, uses]).toEqual([[1], [true]]);
});

test('what went wrong is what the queue knows of', async () => {
	const { workers, send } = setUp();
	const sent = send();

	workers[0]?.says({
		id: workers[0].last,
		failure: { problem: 'disk_full', retryAfterMs: 3_000, message: 'answered 507' }
	});

	await expect(sent).rejects.toMatchObject({ problem: 'disk_full', retryAfterMs: 3_000 });
});

test('who gives up does not wait for the thread, and what it says of it later is not heard', async () => {
	const { workers, ending, progress, send } = setUp();
	const sent = send();
	const id = workers[0]?.last ?? 0;

	ending.abort(new Error('paused'));
	await expect(sent).rejects.toThrow('paused');
	workers[0]?.says({ id, bytes: 7 });

	expect(workers[0]?.orders.at(-1)).toEqual({ do: 'abort', id });
	expect(progress).toEqual([]);
});

test('a thread that fails takes no file with it: the next try gets a new one, which knows what was chosen', async () => {
	const { transport, workers, send } = setUp();
	transport.limit(500);
	const first = send();
	transport.yieldLink('page');
	transport.requests = 4;

	workers[0]?.fails();
	await expect(first).rejects.toMatchObject({ problem: 'away' });
	const second = send();
	workers[1]?.says({ id: workers[1].last, failure: null });
	await second;

	expect(workers[0]?.isTerminated).toBe(true);
	expect(workers[1]?.orders.slice(0, 3)).toEqual([
		{ do: 'open', requests: 4, isHttp2: true },
		{ do: 'limit', limit: 500 },
		{ do: 'yield', to: 'page' }
	]);
});

test('new figures are told of when they come, whether or not anything arrived', async () => {
	const worker = new FakeWorker();
	const told: number[] = [];
	const options = { open: () => worker, requests: 4, isHttp2: true };
	const transport = new ThreadTransport({
		...options,
		onfigures: () => told.push(transport.figures.rate)
	});
	const sent = transport.send(parcel, { signal: new AbortController().signal, onprogress() {} });

	worker.says({ figures: { ...transport.figures, rate: 7 } });
	worker.says({ figures: { ...transport.figures, rate: 9 } });

	expect(told).toEqual([7, 9]);
	worker.says({ id: worker.last, failure: null });
	await sent;
});
