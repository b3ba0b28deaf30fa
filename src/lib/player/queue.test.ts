import { describe, expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import { PlayQueue } from './queue.ts';

function track(id: string, streamUrl: string | null = `/media/${id}`): Track {
	return {
		id,
		slug: id,
		title: id,
		artist: 'A',
		artistSlug: 'a',
		release: null,
		releaseSlug: null,
		genre: null,
		date: null,
		discNumber: null,
		trackNumber: null,
		year: null,
		durationSeconds: 1,
		state: streamUrl ? 'ready' : 'processing',
		visibility: 'public',
		streamUrl,
		format: 'MP3',
		createdAt: '2026-01-01T00:00:00Z'
	};
}

const abc = ['a', 'b', 'c'].map((id) => track(id));
const ids = (tracks: readonly Track[]) => tracks.map(({ id }) => id).join('');

describe('going through a list', () => {
	test('it begins where it was asked to and ends at the end', () => {
		const queue = new PlayQueue();

		const went = [queue.play(abc, 1), queue.next(), queue.next()].map((now) => now?.id ?? null);

		expect(went).toEqual(['b', 'c', null]);
		expect(queue.current?.id).toBe('c');
	});

	test('it goes back to the first and no further', () => {
		const queue = new PlayQueue();
		queue.play(abc, 1);

		expect([queue.previous()?.id, queue.previous()]).toEqual(['a', null]);
		expect(queue.current?.id).toBe('a');
	});

	test('a track that cannot play yet is left out', () => {
		const queue = new PlayQueue();

		queue.play([track('x', null), ...abc], 2);

		expect([ids(queue.tracks), queue.current?.id]).toEqual(['abc', 'b']);
	});

	test('asked for one that cannot play, it takes the next that can', () => {
		const queue = new PlayQueue();

		expect(queue.play([track('a'), track('x', null), track('b')], 1)?.id).toBe('b');
	});

	test('a list without anything to play leaves it empty', () => {
		const queue = new PlayQueue();
		queue.play(abc);

		expect(queue.play([track('x', null)])).toBe(null);
		expect([queue.index, queue.hasNext, queue.hasPrevious]).toEqual([-1, false, false]);
	});
});

describe('adding and taking out', () => {
	test('what is added comes last, what is added next comes next', () => {
		const queue = new PlayQueue();
		queue.play(abc, 0);

		queue.add([track('d')]);
		queue.addNext([track('n')]);

		expect(ids(queue.upcoming)).toBe('nbcd');
	});

	test('taking out an earlier track does not change what plays', () => {
		const queue = new PlayQueue();
		queue.play(abc, 2);

		queue.remove(0);

		expect([ids(queue.tracks), queue.current?.id, queue.hasPrevious]).toEqual(['bc', 'c', true]);
	});

	test('what plays now stays', () => {
		const queue = new PlayQueue();
		queue.play(abc, 1);

		queue.remove(1);

		expect(ids(queue.tracks)).toBe('abc');
	});

	test('the same track may be there twice', () => {
		const queue = new PlayQueue();
		queue.play(abc, 0);
		queue.add([abc[0]!]);

		expect(queue.jump(3)?.id).toBe('a');
		expect(queue.hasNext).toBe(false);
	});
});
