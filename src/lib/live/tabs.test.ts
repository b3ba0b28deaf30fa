import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveMessage, ServerEvent } from '#contracts/live';
import type { LiveSocket, Road } from './client.ts';
import { Sequence } from './sequence.ts';
import { LiveTabs, type TabChannel, type TabLocks } from './tabs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => vi.advanceTimersByTimeAsync(0);

interface Request {
	held: () => Promise<void>;
	resolve: (value: unknown) => void;
	reject: (reason: unknown) => void;
}

/** One lock, as a browser keeps it. */
class FakeLocks implements TabLocks {
	readonly #waiting: Request[] = [];
	#holder: Request | null = null;

	request(
		_name: string,
		{ signal, steal }: { signal?: AbortSignal; steal?: boolean },
		held: () => Promise<void>
	): Promise<unknown> {
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		const request = { held, resolve, reject };
		if (steal) {
			this.#holder?.reject(new DOMException('stolen', 'AbortError'));
			void this.#grant(request);
			return promise;
		}
		this.#waiting.push(request);
		signal?.addEventListener('abort', () => {
			const at = this.#waiting.indexOf(request);
			if (at >= 0) this.#waiting.splice(at, 1);
			if (at >= 0) reject(signal.reason);
		});
		this.#next();
		return promise;
	}

	#next() {
		if (this.#holder) return;
		const request = this.#waiting.shift();
		if (request) void this.#grant(request);
	}

	async #grant(request: Request) {
		this.#holder = request;
		await Promise.resolve();
		await request.held();
		request.resolve(undefined);
		if (this.#holder === request) this.#holder = null;
		this.#next();
	}
}

/** Tells the others later and in order; what is said to a tab that sleeps is lost. */
class FakeChannels {
	readonly #open = new Set<FakeChannel>();

	readonly open = () => {
		const channel = new FakeChannel((from, message) => {
			const copy: unknown = structuredClone(message);
			for (const other of this.#open) {
				if (other !== from) queueMicrotask(() => other.hears(copy));
			}
		});
		this.#open.add(channel);
		return channel;
	};
}

class FakeChannel implements TabChannel {
	readonly #say: (from: FakeChannel, message: unknown) => void;
	onmessage: TabChannel['onmessage'] = null;
	isClosed = false;
	isAsleep = false;

	constructor(say: (from: FakeChannel, message: unknown) => void) {
		this.#say = say;
	}
	postMessage(message: unknown) {
		if (this.isClosed) throw new DOMException('closed', 'InvalidStateError');
		this.#say(this, message);
	}
	hears(data: unknown) {
		if (!this.isClosed && !this.isAsleep) this.onmessage?.({ data });
	}
	close() {
		this.isClosed = true;
	}
}

/** Has what was said since the beginning, and tells every socket what follows its greeting. */
class FakeServer {
	readonly sockets: { tab: string; since: unknown; isOpen: boolean; says: () => void }[] = [];
	readonly polls: (number | null)[] = [];
	#events: ServerEvent[] = [];
	isReachable = true;
	last = 0;

	socket(tab: string): LiveSocket {
		let told = 0;
		const record = { tab, since: undefined as unknown, isOpen: true, says: () => {} };
		const socket: LiveSocket = {
			onopen: null,
			onmessage: null,
			onclose: null,
			send: (data) => {
				const { since } = JSON.parse(data) as { since: number | null };
				record.since = since;
				told = since ?? this.last;
				record.says = () => {
					const events = this.#events.slice(told);
					told = this.last;
					socket.onmessage?.({ data: JSON.stringify({ seq: told, events }) });
				};
				record.says();
			},
			close: () => (record.isOpen = false)
		};
		this.sockets.push(record);
		queueMicrotask(() => this.isReachable && socket.onopen?.(undefined as never));
		return socket;
	}
	readonly poll = (since: number | null): Promise<LiveMessage> => {
		this.polls.push(since);
		const events = since === null ? [] : this.#events.slice(since);
		return Promise.resolve({ seq: this.last, events });
	};
	get open() {
		return this.sockets.filter(({ isOpen }) => isOpen);
	}
	/** Nobody is told yet. */
	happens(...events: ServerEvent[]) {
		this.#events.push(...events);
		this.last = this.#events.length;
	}
	async says(...events: ServerEvent[]) {
		this.happens(...events);
		for (const { says } of this.open) says();
		await settle();
	}
}

function setUp() {
	const server = new FakeServer();
	const locks = new FakeLocks();
	const channels = new FakeChannels();
	async function openTab(name: string) {
		const heard: (ServerEvent | 'first')[] = [];
		const roads: (Road | 'mirror')[] = [];
		const channel = channels.open();
		const tabs = new LiveTabs({
			name: 'segue-live:ada',
			locks,
			openChannel: () => channel,
			open: () => server.socket(name),
			poll: server.poll,
			sequence: new Sequence({
				from: server.last,
				onevents: (events) => heard.push(...events),
				onfirst: () => heard.push('first')
			}),
			onroad: (road) => roads.push(road)
		});
		const close = tabs.start();
		await settle();
		const tab = { heard, roads, channel, wake: tabs.wake.bind(tabs) };
		return Object.assign(tab, {
			close: async () => {
				close();
				await settle();
			}
		});
	}
	return { server, locks, openTab };
}

const ready = (trackId: string): ServerEvent => ({ type: 'track_ready', trackId });
const reset: ServerEvent = { type: 'reset' };

test('any number of tabs has one socket, and each hears each event once', async () => {
	const { server, openTab } = setUp();
	const tabs = [await openTab('1'), await openTab('2'), await openTab('3')];

	await server.says(ready('a'), ready('b'));
	await server.says(ready('c'));

	expect(server.sockets).toHaveLength(1);
	for (const { heard } of tabs)
		expect(heard).toEqual(['first', ready('a'), ready('b'), ready('c')]);
	expect(tabs.map(({ roads }) => roads.at(-1))).toEqual(['socket', 'mirror', 'mirror']);
});

test('a tab that opens later is told where now is, and nothing of before', async () => {
	const { server, openTab } = setUp();
	await openTab('1');
	await server.says(ready('a'));

	const later = await openTab('2');
	expect(later.heard).toEqual(['first']);
	await server.says(ready('b'));

	expect(later.heard).toEqual(['first', ready('b')]);
	expect(server.polls).toEqual([]);
});

test('when the tab with the socket closes, the next asks for what was missed in between', async () => {
	const { server, openTab } = setUp();
	const [first, second, third] = [await openTab('1'), await openTab('2'), await openTab('3')];
	await server.says(ready('a'));

	server.happens(ready('b'));
	await first.close();
	await server.says(ready('c'));

	expect(server.sockets.map(({ tab, since }) => [tab, since])).toEqual([
		['1', 0],
		['2', 1]
	]);
	expect(server.open).toHaveLength(1);
	for (const { heard } of [second, third])
		expect(heard).toEqual(['first', ready('a'), ready('b'), ready('c')]);
	expect([second, third].map(({ roads }) => roads.at(-1))).toEqual(['socket', 'mirror']);
});

test('a tab that takes over before it knew where now is leaves the others nothing missed', async () => {
	const { server, openTab } = setUp();
	server.isReachable = false;
	const first = await openTab('1');
	const second = await openTab('2');
	server.isReachable = true;

	await first.close();
	await server.says(ready('a'));

	expect(second.heard).toEqual(['first', ready('a')]);
});

test('a tab that takes over and reaches nobody says so', async () => {
	const { server, openTab } = setUp();
	const [first, second, third] = [await openTab('1'), await openTab('2'), await openTab('3')];

	server.isReachable = false;
	await first.close();

	expect([second, third].map(({ roads }) => roads.at(-1))).toEqual(['none', 'none']);
});

test('a reset reaches every tab', async () => {
	const { server, openTab } = setUp();
	const tabs = [await openTab('1'), await openTab('2')];
	await server.says(ready('a'));

	await server.says(reset);

	for (const { heard } of tabs) expect(heard).toEqual(['first', ready('a'), reset]);
});

test('a tab that slept through something asks for it itself, once', async () => {
	const { server, openTab } = setUp();
	await openTab('1');
	const sleeper = await openTab('2');
	sleeper.channel.isAsleep = true;
	await server.says(ready('a'));
	await server.says(ready('b'));

	sleeper.channel.isAsleep = false;
	await server.says(ready('c'));

	expect(sleeper.heard).toEqual(['first', ready('a'), ready('b'), ready('c')]);
	expect(server.polls).toEqual([0]);
});

test('a tab that sleeps with the socket in its hand loses it, and mirrors when it wakes', async () => {
	const { server, openTab } = setUp();
	const first = await openTab('1');
	const second = await openTab('2');
	first.channel.isAsleep = true;

	second.wake('visible');
	await vi.advanceTimersByTimeAsync(5_000);
	first.channel.isAsleep = false;
	await server.says(ready('a'));

	expect(server.open.map(({ tab }) => tab)).toEqual(['2']);
	expect(first.heard).toEqual(['first', ready('a')]);
	expect(first.roads.at(-1)).toBe('mirror');
	expect(second.heard).toEqual(['first', ready('a')]);
});

test('without sockets one tab polls for all', async () => {
	const { server, openTab } = setUp();
	server.isReachable = false;
	const tabs = [await openTab('1'), await openTab('2')];

	await vi.advanceTimersByTimeAsync(3_000);
	server.happens(ready('a'));
	await vi.advanceTimersByTimeAsync(10_000);

	for (const { heard } of tabs) expect(heard).toEqual(['first', ready('a')]);
	expect(tabs.map(({ roads }) => roads.at(-1))).toEqual(['polling', 'mirror']);
	expect(server.polls.length).toBeLessThan(8);
});

test('where the browser refuses locks each tab has its own socket', async () => {
	const { server, locks, openTab } = setUp();
	locks.request = () => Promise.reject(new DOMException('no locks here', 'SecurityError'));
	const tabs = [await openTab('1'), await openTab('2')];

	await server.says(ready('a'));

	expect(server.open).toHaveLength(2);
	for (const { heard } of tabs) expect(heard).toEqual(['first', ready('a')]);
});

test('a closed tab says and hears nothing, and leaves no timer behind', async () => {
	const { server, openTab } = setUp();
	const first = await openTab('1');
	const second = await openTab('2');

	await second.close();
	await first.close();
	await server.says(ready('a'));

	expect(second.heard).toEqual(['first']);
	expect(server.open).toEqual([]);
	expect(vi.getTimerCount()).toBe(0);
});
