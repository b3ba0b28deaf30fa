import { expect, onTestFinished, test, vi } from 'vitest';
import type { Track } from '#contracts/track';
import { Playback, type Fault, type Output } from './playback.ts';
import type { Verdict } from './probe.ts';
import { keyOf, PlayQueue } from './queue.ts';

const track = (id: string): Track => ({
	...{ id, slug: id, title: id, artist: 'A', artistSlug: 'a', release: null, releaseSlug: null },
	...{ genre: null, date: null, discNumber: null, trackNumber: null, year: null },
	...{ durationSeconds: 100, state: 'ready', visibility: 'public', streamUrl: `/${id}` },
	...{ format: 'MP3', createdAt: '2026-01-01T00:00:00Z' }
});
const abc = ['a', 'b', 'c'].map(track);

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function start({ verdict = 'there' as Verdict, isLast = false } = {}) {
	const queue = new PlayQueue();
	const skipped: [string, Fault][] = [];
	const did: string[] = [];
	const sound: Mutable<Output> = {
		...{ source: null, prepared: null, seconds: 0, duration: 100, error: null },
		...{ buffered: [{ from: 0, to: 100 }], isPaused: false, hasFuture: true },
		...{ isKnown: true, isOver: false },
		load(source) {
			did.push(`load ${source.url}`);
			[sound.source, sound.prepared, sound.seconds] = [source, null, 0];
		},
		reload: () => void did.push('reload'),
		empty: () => void did.push('empty'),
		play: () => Promise.resolve(),
		pause: () => void did.push('pause'),
		seek: (to) => void (sound.seconds = to),
		prepare: (source) => void (sound.prepared = source)
	};
	let endsHere = isLast;
	const playback: Playback = new Playback({
		queue,
		source: (entry) => ({ key: keyOf(entry), url: entry.track.streamUrl ?? '', gain: 1 }),
		following: () => (endsHere ? null : queue.following),
		endsHere: () => [endsHere, (endsHere = false)][0] ?? false,
		onchange: () => {},
		onbegin: () => {},
		onskipped: ({ id }, fault) => skipped.push([id, fault]),
		ask: () => Promise.resolve(verdict)
	});
	playback.use(sound);
	const play = (tracks = abc) => {
		queue.play(tracks);
		playback.begin();
		playback.events.sounding();
	};
	const breaks = async (code = 4) => {
		sound.error = { code } as MediaError;
		playback.events.broke();
		await Promise.resolve();
		await Promise.resolve();
		sound.error = null;
	};
	const end = () => playback.use(null);
	return { queue, playback, sound, did, skipped, play, breaks, end };
}

test('near its end, and here whole, what follows is prepared; not before', () => {
	const { playback, sound, play, end } = start();
	play();
	sound.seconds = 40;
	playback.events.moved();
	expect(sound.prepared).toBe(null);

	sound.seconds = 80;
	playback.events.moved();

	expect(sound.prepared?.url).toBe('/b');
	end();
});

test('what was prepared goes on by itself, and nothing is fetched again', () => {
	const { queue, playback, sound, did, play, end } = start();
	play();
	sound.seconds = 0.2;

	playback.events.followed();

	expect([queue.current?.track.id, playback.state.kind]).toEqual(['b', 'playing']);
	expect([playback.seconds, did]).toEqual([0.2, ['load /a']]);
	end();
});

test('what was prepared and ran dry before its turn waits, and the server is asked why', async () => {
	const { playback, sound, play, end } = start({ verdict: 'unreachable' });
	vi.useFakeTimers();
	onTestFinished(() => void vi.useRealTimers());
	play();
	sound.hasFuture = false;

	playback.events.followed();

	expect(playback.state.kind).toBe('loading');
	await vi.advanceTimersToNextTimerAsync();
	expect(playback.state.kind).toBe('retrying');
	end();
});

test('what is prepared gives way when something else comes next', () => {
	const { queue, playback, sound, play, end } = start();
	play();
	sound.seconds = 80;
	playback.events.moved();

	queue.addNext([track('x')]);
	playback.lookAhead();

	expect(sound.prepared?.url).toBe('/x');
	end();
});

test('a track that is gone is skipped with a word', async () => {
	const { queue, skipped, play, breaks, end } = start({ verdict: 'gone' });
	play();

	await breaks();

	expect([queue.current?.track.id, skipped]).toEqual(['b', [['a', 'gone']]]);
	end();
});

test('when all is gone it ends, though all is repeated', async () => {
	const { queue, playback, play, breaks, end } = start({ verdict: 'gone' });
	play();
	queue.setRepeat('all');

	for (let n = 0; n < 3; n += 1) await breaks();

	expect(playback.state).toEqual({ kind: 'failed', fault: 'gone' });
	end();
});

test('without a network nothing is skipped, and it goes on at the same second', async () => {
	const { queue, playback, sound, did, play, breaks, end } = start({ verdict: 'unreachable' });
	play();
	sound.seconds = 42;
	playback.events.moved();
	await breaks(2);
	expect([playback.state.kind, queue.current?.track.id]).toEqual(['retrying', 'a']);

	playback.online();
	sound.seconds = 0;
	playback.events.known();

	expect([did.at(-1), sound.seconds]).toEqual(['reload', 42]);
	end();
});

test('the sleep timer ends after the track, with the next one ready', () => {
	const { queue, playback, did, play, end } = start({ isLast: true });
	play();

	playback.events.ended();

	expect(playback.state).toEqual({ kind: 'paused', because: 'asleep' });
	expect([queue.current?.track.id, did]).toEqual(['b', ['load /a']]);
	playback.resume();
	expect(did.at(-1)).toBe('load /b');
	end();
});

test('a pause at the very end holds: the next one stands ready and does not begin', () => {
	const { queue, playback, did, play, end } = start();
	play();
	playback.pause();

	// was: the end that was on its way began the next one, 2026-11-22
	playback.events.ended();

	expect([playback.state, playback.isWanted]).toEqual([{ kind: 'paused' }, false]);
	expect([queue.current?.track.id, did]).toEqual(['b', ['load /a', 'pause']]);
	playback.resume();
	expect(did.at(-1)).toBe('load /b');
	end();
});

test('one that stands from an earlier visit fetches nothing until it is wanted', () => {
	const { queue, playback, sound, did, end } = start();
	queue.play(abc, 1);

	playback.stand(33);
	expect([playback.state.kind, playback.seconds, did]).toEqual(['paused', 33, []]);
	sound.isKnown = false;
	playback.resume();
	sound.isKnown = true;
	playback.events.grew(); // browsers tell of the duration first
	playback.events.known();

	expect([did, sound.seconds]).toEqual([['load /b'], 33]);
	end();
});
