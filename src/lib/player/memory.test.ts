import { expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import { Memory, type QueueStore } from './memory.ts';
import { PlayQueue } from './queue.ts';

const track = (id: string): Track => ({
	...{ id, slug: id, title: id, artist: 'A', artistSlug: 'a', release: null, releaseSlug: null },
	...{ genre: null, date: null, discNumber: null, trackNumber: null, year: null },
	...{ durationSeconds: 9, state: 'ready', visibility: 'public', streamUrl: `/${id}` },
	...{ format: 'MP3', createdAt: '2026-01-01T00:00:00Z' }
});

function browser() {
	const kept = new Map<string, unknown>();
	let wholeWrites = 0;
	const store: QueueStore = {
		read: () =>
			Promise.resolve({ entries: kept.get('entries'), rest: structuredClone(kept.get('rest')) }),
		write({ entries, rest }) {
			if (entries) {
				kept.set('entries', structuredClone(entries));
				wholeWrites += 1;
			}
			kept.set('rest', structuredClone(rest));
			return Promise.resolve();
		},
		clear: () => Promise.resolve(kept.clear())
	};
	const texts = new Map<string, string>();
	const storage = {
		read: (name: string) => texts.get(name) ?? null,
		write: (name: string, value: string) => void texts.set(name, value)
	};
	return { kept, texts, memory: new Memory({ store, storage }), wholeWrites: () => wholeWrites };
}

test('a later visit finds the queue, its modes and the second', async () => {
	const { memory } = browser();
	const queue = new PlayQueue();
	queue.play([track('a'), track('b'), track('c')], 1);
	queue.setRepeat('all');
	queue.setShuffled(true);
	memory.keep(queue.state);
	memory.keepPlace(queue.current!.key, 42.5);

	const remembered = await memory.recall();

	expect(remembered).toEqual({ queue: queue.state, seconds: 42.5 });
});

test('the entries are written only when they change', async () => {
	const { memory, wholeWrites } = browser();
	const queue = new PlayQueue();
	queue.play([track('a'), track('b')]);
	memory.keep(queue.state);
	queue.next();
	memory.keep(queue.state);

	expect((await memory.recall())?.queue.index).toBe(1);
	expect(wholeWrites()).toBe(1);
});

test('what is not understood is left out, and nonsense is nothing', async () => {
	const { memory, kept, texts } = browser();
	const queue = new PlayQueue();
	queue.play([track('a'), track('b')]);
	memory.keep(queue.state);
	await memory.recall();
	(kept.get('entries') as { track: Partial<Track> }[])[0]!.track = { title: 'odd' };
	texts.set('segue.place', '{"key":');

	expect((await memory.recall())?.queue.entries.map((entry) => entry.track.id)).toEqual(['b']);
	kept.set('rest', { index: 'x' });
	expect(await memory.recall()).toBe(null);
});

test('who leaves leaves nothing', async () => {
	const { memory } = browser();
	const queue = new PlayQueue();
	queue.play([track('a')]);
	memory.keep(queue.state);

	await memory.forget();

	expect(await memory.recall()).toBe(null);
});
