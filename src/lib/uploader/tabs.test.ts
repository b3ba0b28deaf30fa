import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Registration } from '#contracts/upload';
import type { UploadApi } from './api.ts';
import { Inspector, type Inspected } from './inspector.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { LeadingTab } from './leading-tab.ts';
import { MirrorTab } from './mirror-tab.ts';
import type { Wanted } from './pace.ts';
import { UploadQueue } from './queue.ts';
import type { Roots } from './roots.ts';
import type { Ask, CarriedFile, Channel, LeftOut, Settings, Tell } from './tabs.ts';
import type { Parcel, Transport } from './transport.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);
const settings: Settings = { limit: null, publishesAtOnce: false, isPaused: false };

/** Channels of one name: what one says all others hear, a moment later. */
function browser() {
	const channels = new Set<FakeChannel>();
	class FakeChannel implements Channel {
		onmessage: Channel['onmessage'] = null;
		constructor() {
			channels.add(this);
		}
		postMessage(data: Ask | Tell) {
			for (const other of channels) {
				if (other !== this) void Promise.resolve().then(() => other.onmessage?.({ data }));
			}
		}
		close() {
			channels.delete(this);
		}
	}
	return { open: () => new FakeChannel() };
}

class MemoryJournal implements Journal {
	readonly records = new Map<string, JournalRecord>();
	async load() {
		return [...this.records.values()];
	}
	put(records: readonly JournalRecord[]) {
		for (const record of records) this.records.set(record.key, record);
	}
	remove(keys: readonly string[]) {
		for (const key of keys) this.records.delete(key);
	}
	async flush() {}
	close() {}
}

const api: UploadApi = {
	register: async (files): Promise<Registration> => ({
		token: 't',
		expiresAt: '',
		uploads: files.map(({ key }) => ({
			key,
			outcome: 'accepted',
			id: `id-${key}`,
			url: `/files/${key}`
		}))
	}),
	describe: async () => {},
	publish: async () => {},
	changes: async () => ({ cursor: '0', uploads: [] }),
	open: async () => ({ uploads: [], arrived: 0 })
};

/** Nothing that it sends ever ends. */
class SlowTransport implements Transport {
	readonly sending: Parcel[] = [];
	send(parcel: Parcel, { signal }: { signal: AbortSignal }) {
		this.sending.push(parcel);
		return new Promise<void>((_, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
		});
	}
	async discard() {}
}

const noRoots = {
	readable: async () => new Map(),
	ids: async () => [],
	forget: async () => {},
	close: async () => {}
};

function lead(
	channel: Channel,
	journal: Journal,
	leftOut?: LeftOut,
	inspect?: (file: File) => Promise<Inspected>
) {
	const transport = new SlowTransport();
	const queue = new UploadQueue({ api, transport, lanes: 2, onchange: () => tab.beat() });
	const told: Settings[] = [];
	const covers: [string, Blob][] = [];
	const yielded: (Wanted | null)[] = [];
	const tab: LeadingTab = new LeadingTab({
		...{ queue, journal, channel, settings, ...(leftOut && { leftOut }) },
		roots: noRoots as unknown as Roots,
		inspector: inspect
			? ({ inspect, close: () => {} } as unknown as Inspector)
			: new Inspector({
					open: () => {
						throw new Error('nothing is read here');
					}
				}),
		onchange: () => tab.beat(),
		oncover: (key, picture) => covers.push([key, picture]),
		onsettings: (now) => told.push(now),
		link: () => null,
		onyield: (wanted) => yielded.push(wanted)
	});
	return { tab, transport, told, yielded, covers };
}
const mirror = (channel: Channel, held: readonly CarriedFile[] = []) =>
	new MirrorTab({
		...{ channel, settings, held },
		onchange: () => {},
		oncover: () => {},
		onsilent: () => (silent += 1)
	});
let silent = 0;
const carried = (name: string) => ({
	key: `key-${name}`,
	file: new File(['12345'], name),
	path: null
});

test('a tab that comes later shows what the first one does, and follows it', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	first.tab.add([carried('a')]);
	await settle();

	const second = mirror(open());
	await settle();
	expect(second.all.map(({ name, state }) => [name, state.kind])).toEqual([['a', 'sending']]);

	first.tab.add([carried('b')]);
	first.tab.do('pause', ['key-a']);
	await settle();
	expect(second.all.map(({ name, state }) => [name, state.kind])).toEqual([
		['a', 'paused'],
		['b', 'sending']
	]);
	expect(second.shown.summary).toMatchObject({ files: 2, paused: 1 });
});

test('what was left out before any tab led is told by the one that leads then', async () => {
	const { open } = browser();
	const first = mirror(open());
	first.leaveOut({ files: 2, endings: ['.ini'] });

	const { tab } = lead(open(), new MemoryJournal(), first.shown.leftOut);

	expect(tab.shown.leftOut).toEqual({ files: 2, endings: ['.ini'] });
});

test('what is dropped in another tab is sent by the one that leads, and by no other', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const [second, third] = [mirror(open()), mirror(open())];
	await settle();

	second.add([carried('a')]);
	third.add([carried('a')]);
	await settle();

	expect(first.transport.sending.map(({ file }) => file.name)).toEqual(['a']);
	expect(second.all.map(({ name }) => name)).toEqual(['a']);
	expect(third.all.map(({ name }) => name)).toEqual(['a']);
});

test('another tab may pause, cancel and choose the speed', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const second = mirror(open());
	await settle();
	second.add([carried('a'), carried('b')]);
	await settle();

	second.do('cancel', ['key-a']);
	second.do('pauseAll');
	second.set({ ...settings, limit: 125_000 });
	await settle();

	expect(second.all.map(({ state }) => state.kind)).toEqual(['cancelled', 'waiting']);
	expect(second.shown.summary.hold).toBe('paused');
	expect(second.shown.settings.limit).toBe(125_000);
	expect(first.told.at(-1)).toMatchObject({ limit: 125_000 });
});

test('when the tab that leads closes, another goes on with its files', async () => {
	const { open } = browser();
	const journal = new MemoryJournal();
	const first = lead(open(), journal);
	await first.tab.begin([]);
	const second = mirror(open());
	first.tab.add([carried('a'), carried('b'), carried('c')]);
	await settle();

	first.tab.close();
	second.close();
	const next = lead(open(), journal);
	await next.tab.begin(second.held);
	await settle();

	expect(next.tab.all.map(({ name, state }) => [name, state.kind])).toEqual([
		['a', 'sending'],
		['b', 'sending'],
		['c', 'waiting']
	]);
	expect(next.transport.sending.map(({ url }) => url)).toEqual(['/files/key-a', '/files/key-b']);
});

test('what was dropped while nobody led is not lost', async () => {
	const { open } = browser();
	const second = mirror(open());
	second.add([carried('a')]);
	await settle();

	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	await settle();

	expect(first.transport.sending.map(({ file }) => file.name)).toEqual(['a']);
	expect(second.all.map(({ name }) => name)).toEqual(['a']);
});

test('files that only a tab has that was taken for dead are sent when it wakes', async () => {
	const { open } = browser();
	const second = lead(open(), new MemoryJournal());
	await second.tab.begin([]);

	const woken = mirror(open(), [carried('a')]);
	await settle();

	expect(second.transport.sending.map(({ file }) => file.name)).toEqual(['a']);
	expect(woken.all.map(({ name }) => name)).toEqual(['a']);
});

test('the tab that sends stands back for a page that another tab waits for', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const second = mirror(open());

	second.yieldLink('page');
	second.yieldLink(null);
	await settle();

	expect(first.yielded).toEqual(['page', null]);
});

test('a page that is there in one tab ends no wait for sound in another, and a tab that is gone ends its own', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const second = mirror(open());

	second.yieldLink('sound');
	await settle();
	first.tab.yieldLink('page');
	first.tab.yieldLink(null);
	expect(first.yielded).toEqual(['sound', 'sound', 'sound']);

	second.close();
	vi.advanceTimersByTime(4_000);
	first.tab.yieldLink('page');
	first.tab.yieldLink(null);
	expect(first.yielded.slice(3)).toEqual(['page', null]);
});

test('a file that was on the list already is held by all tabs under its own key', async () => {
	const { open } = browser();
	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const second = mirror(open());
	await settle();
	const file = new File(['12345'], 'one');
	first.tab.add([{ key: 'key-one', file, path: null }]);
	await settle();

	second.add([{ key: 'key-again', file, path: null }]);
	await settle();

	expect(second.held.map(({ key }) => key)).toEqual(['key-one']);
	first.tab.do('cancel', ['key-one']);
	await settle();
	expect(second.held).toEqual([]);
});

test('a tab that does not answer any more is noticed, and one that is only slow is not', async () => {
	const { open } = browser();
	silent = 0;
	const asleep = mirror(open());
	await vi.advanceTimersByTimeAsync(14_000);
	expect(silent).toBe(0);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(silent).toBe(1);
	asleep.close();

	const first = lead(open(), new MemoryJournal());
	await first.tab.begin([]);
	const second = mirror(open());
	second.add([carried('a')]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(silent).toBe(1);
});

test('what is asked of a tab before it knows its list is done once it does', async () => {
	const { open } = browser();
	const journal = new MemoryJournal();
	const before = lead(open(), journal);
	await before.tab.begin([]);
	before.tab.add([carried('a')]);
	await settle();
	before.tab.close();
	const loaded = Promise.withResolvers<void>();
	const slow = Object.assign(Object.create(journal) as MemoryJournal, {
		load: async () => {
			await loaded.promise;
			return [...journal.records.values()];
		}
	});

	const next = lead(open(), slow);
	const second = mirror(open());
	const begun = next.tab.begin([]);
	second.do('cancel', ['key-a']);
	await settle();
	loaded.resolve();
	await begun;
	await settle();

	expect(next.tab.all.map(({ state }) => state.kind)).toEqual(['cancelled']);
	expect(second.all.map(({ state }) => state.kind)).toEqual(['cancelled']);
});

test('a storage that does not answer keeps no file waiting, and what it held comes when it does', async () => {
	const { open } = browser();
	const journal = new MemoryJournal();
	const before = lead(open(), journal);
	await before.tab.begin([]);
	before.tab.add([carried('held'), carried('left')]);
	before.tab.do('describe', ['key-held'], { title: 'Said before' });
	await settle();
	const records = [...journal.records.values()];
	before.tab.close();
	const answered = Promise.withResolvers<JournalRecord[]>();
	const stuck = Object.assign(new MemoryJournal(), { load: () => answered.promise });

	const next = lead(open(), stuck);
	const second = mirror(open());
	void next.tab.begin([carried('held')]);
	next.tab.add([carried('new')]);
	await vi.advanceTimersByTimeAsync(3_000);

	expect(next.transport.sending.map(({ file }) => file.name)).toEqual(['held', 'new']);
	expect(second.shown.isForgetful).toBe(true);
	expect(next.tab.hasHomeless).toBe(true);

	answered.resolve(records);
	await settle();

	expect(second.shown.isForgetful).toBe(false);
	expect(next.tab.all.map(({ name, state }) => [name, state.kind])).toEqual([
		['held', 'sending'],
		['new', 'sending'],
		['left', 'unbound']
	]);
	expect(next.tab.all[0]?.description).toEqual({ title: 'Said before' });
});

test('of two pictures in a folder the page shows the one that the portal takes', async () => {
	const inspect = async ({ name }: File): Promise<Inspected> => ({
		...{ tags: null, coverOf: 'Coast\n', fingerprint: '' },
		cover: new Blob([name])
	});
	const { tab, covers } = lead(browser().open(), new MemoryJournal(), undefined, inspect);
	await tab.begin([]);

	const files = ['folder.jpg', 'Cover.JPG', 'AlbumArt.jpg'].map(carried);
	tab.add(files);
	for (const [at, upload] of tab.all.entries()) await tab.inspect(upload, files[at]!.file);

	expect(await Promise.all(covers.map(async ([, picture]) => picture.text()))).toEqual([
		'folder.jpg',
		'Cover.JPG'
	]);
});
