import { describe, expect, test } from 'vitest';
import type { Track } from '#contracts/track';
import { PlayQueue, type Entry } from './queue.ts';

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
const ids = (entries: readonly Entry[]) => entries.map(({ track: { id } }) => id).join('');
const at = (queue: PlayQueue, index: number) => queue.entries[index]!.key;
/** The whole round from here on, as it is heard. */
function round(queue: PlayQueue, steps: number): string {
	return Array.from({ length: steps }, () => queue.advance()?.track.id ?? '.').join('');
}

function playing(index = 0, tracks: readonly Track[] = abc) {
	const queue = new PlayQueue();
	queue.play(tracks, index);
	return queue;
}

describe('playing through a list', () => {
	test('it begins where it was asked to and ends at the end', () => {
		const queue = playing(1);

		expect([queue.current?.track.id, round(queue, 2)]).toEqual(['b', 'c.']);
		expect(queue.current?.track.id).toBe('c');
	});

	test('it goes back to the first and no further', () => {
		const queue = playing(1);

		expect([queue.previous()?.track.id, queue.previous()]).toEqual(['a', null]);
		expect(queue.current?.track.id).toBe('a');
	});

	test('a track that cannot play yet is left out', () => {
		const queue = playing(2, [track('x', null), ...abc]);

		expect([ids(queue.entries), queue.current?.track.id]).toEqual(['abc', 'b']);
	});

	test('asked for one that cannot play, it takes the next that can', () => {
		const queue = playing(1, [track('a'), track('x', null), track('b')]);

		expect(queue.current?.track.id).toBe('b');
	});

	test('a list without anything to play leaves it empty', () => {
		const queue = playing();

		expect(queue.play([track('x', null)])).toBe(null);
		expect([queue.index, queue.hasNext, queue.hasPrevious]).toEqual([-1, false, false]);
	});
});

describe('repeating', () => {
	test('all: after the last comes the first', () => {
		const queue = playing(1);
		queue.setRepeat('all');

		expect(round(queue, 4)).toBe('cabc');
		expect(queue.following?.track.id).toBe('a');
	});

	test('one: it comes again by itself, and goes on when asked', () => {
		const queue = playing(0);
		queue.setRepeat('one');

		expect([round(queue, 2), queue.following?.track.id]).toEqual(['aa', 'a']);
		expect(queue.next()?.track.id).toBe('b');
	});
});

describe('shuffling', () => {
	const many = Array.from({ length: 12 }, (_, n) => track(String.fromCharCode(97 + n)));

	test('what plays goes on, and each of the others is heard once', () => {
		const queue = playing(3, many);
		queue.setShuffled(true);

		const heard = round(queue, 11);

		expect([...`d${heard}`].sort().join('')).toBe('abcdefghijkl');
		expect(queue.advance()).toBe(null);
	});

	test('what was heard before does not come again in this round', () => {
		const queue = playing(0, many);
		round(queue, 4);
		queue.setShuffled(true);

		expect([...round(queue, 7)].sort().join('')).toBe('fghijkl');
	});

	test('a new round is in another order and does not begin with what just ended', () => {
		const queue = new PlayQueue({ random: () => 0.999 });
		queue.play(abc);
		queue.setShuffled(true);
		queue.setRepeat('all');
		round(queue, 2);
		const last = queue.current;

		const next = queue.advance();

		expect(next).not.toBe(last);
		expect(queue.entries).toHaveLength(3);
	});

	test('without it everything is in its order again, with what was added meanwhile', () => {
		const queue = playing(0, many);
		queue.setShuffled(true);
		const current = queue.next();
		queue.add([track('z')]);

		queue.setShuffled(false);

		expect(ids(queue.entries)).toBe('abcdefghijklz');
		expect(queue.current).toBe(current);
	});

	test('a list that is begun while it is on is shuffled behind its first track', () => {
		const queue = new PlayQueue({ random: () => 0 });
		queue.play(abc);
		queue.setShuffled(true);

		queue.play(many, 5);

		expect(queue.current?.track.id).toBe('f');
		expect(ids(queue.entries)).not.toBe('abcdefghijkl');
		expect(queue.upcoming).toHaveLength(11);
	});
});

describe('changing what comes', () => {
	test('what is added comes last, what is added next comes next', () => {
		const queue = playing();

		queue.add([track('d')]);
		queue.addNext([track('n')]);

		expect(ids(queue.upcoming)).toBe('nbcd');
	});

	test('taking out an earlier track does not change what plays', () => {
		const queue = playing(2);

		queue.remove(at(queue, 0));

		expect([ids(queue.entries), queue.current?.track.id]).toEqual(['bc', 'c']);
	});

	test('what plays now stays', () => {
		const queue = playing(1);

		queue.remove(at(queue, 1));

		expect(ids(queue.entries)).toBe('abc');
	});

	test('one moves to another place, and what plays goes on', () => {
		const queue = playing(1, [...abc, track('d')]);

		queue.move(at(queue, 3), 2);
		queue.move(at(queue, 0), 3);

		expect([ids(queue.entries), queue.current?.track.id]).toEqual(['bdca', 'b']);
	});

	test('what was cleared comes back, while something else plays', () => {
		const queue = playing(0, [...abc, track('d')]);
		const before = queue.state;
		queue.next();
		queue.clear();
		expect(ids(queue.entries)).toBe('ab');

		queue.putBack(before);

		expect([ids(queue.entries), queue.current?.track.id]).toEqual(['abcd', 'b']);
	});

	test('the same track may be there twice', () => {
		const queue = playing();
		queue.add([abc[0]!]);

		expect(queue.jump(at(queue, 3))?.track.id).toBe('a');
		expect([queue.index, queue.hasNext]).toEqual([3, false]);
	});

	test('what plays may be among what must go: then the next one stands in its place', () => {
		const queue = playing(1);

		queue.removeWhere(({ id }) => id === 'b');

		expect([ids(queue.entries), queue.current?.track.id]).toEqual(['ac', 'c']);
	});
});
