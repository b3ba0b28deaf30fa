import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SharedLanes, type LanesChannel } from './shared-lanes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tabs of one browser: what one says, all others hear. */
function openBrowser() {
	const channels = new Set<LanesChannel>();
	const shares = new Map<string, number>();
	let now = 0;
	const openTab = (tab: string) => {
		const channel: LanesChannel = {
			onmessage: null,
			postMessage(data) {
				if (!channels.has(channel)) return;
				for (const other of channels) if (other !== channel) other.onmessage?.({ data });
			},
			close: () => channels.delete(channel)
		};
		channels.add(channel);
		shares.set(tab, 4);
		const onshare = (requests: number) => shares.set(tab, requests);
		const lanes = new SharedLanes({ channel, tab, most: 4, onshare, now: () => now });
		/** Dies without a word. */
		return { lanes, crash: () => channels.delete(channel) };
	};
	const sending = (...tabs: string[]) => tabs.reduce((sum, tab) => sum + (shares.get(tab) ?? 0), 0);
	return { openTab, shares, sending, wait: (ms: number) => (now += ms) };
}

test('one tab has all requests', () => {
	const { openTab, shares } = openBrowser();
	openTab('b');
	openTab('a').lanes.sends = true;
	expect(shares.get('a')).toBe(4);
});

test('tabs that send have no more together than one has alone', () => {
	const { openTab, sending } = openBrowser();
	const names = ['c', 'a', 'e', 'b', 'd', 'f'];
	const open: string[] = [];
	for (const name of names) {
		openTab(name).lanes.sends = true;
		open.push(name);
		expect(sending(...open)).toBe(4);
	}
});

test('a tab that is done, or closed, leaves its requests to the others', () => {
	const { openTab, shares } = openBrowser();
	const [a, b, c] = [openTab('a').lanes, openTab('b').lanes, openTab('c').lanes];
	for (const tab of [a, b, c]) tab.sends = true;
	b.sends = false;
	vi.advanceTimersByTime(1_000);
	expect([shares.get('a'), shares.get('c')]).toEqual([2, 2]);
	c.close();
	expect(shares.get('a')).toBe(4);
});

test('a tab that died without a word is forgotten', () => {
	const { openTab, shares, wait } = openBrowser();
	const a = openTab('a').lanes;
	const b = openTab('b');
	a.sends = true;
	b.lanes.sends = true;
	b.crash();
	expect(shares.get('a')).toBe(2);
	wait(71_000);
	vi.advanceTimersByTime(20_000);
	expect(shares.get('a')).toBe(4);
});

test('the moment between two files is no leave: nobody takes its requests', () => {
	const { openTab, shares } = openBrowser();
	const [a, b] = [openTab('a').lanes, openTab('b').lanes];
	a.sends = true;
	b.sends = true;
	a.sends = false;
	vi.advanceTimersByTime(500);
	a.sends = true;
	vi.advanceTimersByTime(2_000);
	expect([shares.get('a'), shares.get('b')]).toEqual([2, 2]);
});
