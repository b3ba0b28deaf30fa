import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sound, type SoundEvents } from './sound.ts';

const HAVE_ENOUGH_DATA = 4;
const BEGINS_MS = 2_000;

/** Elements that are heard through the context. */
let led: unknown[] = [];
let told: unknown[] = [];
let begin: () => void = () => {};

class FakeAudio extends EventTarget {
	static readonly all: FakeAudio[] = [];
	src = '';
	paused = true;
	ended = false;
	error = null;
	currentTime = 0;
	duration = 10;
	readyState = HAVE_ENOUGH_DATA;
	volume = 1;
	muted = false;

	constructor() {
		super();
		FakeAudio.all.push(this);
	}

	async play() {
		this.paused = false;
	}
	pause() {
		this.paused = true;
	}
	load() {}
	removeAttribute() {}
	replaceWith() {}
}

class FakeContext extends EventTarget {
	state = 'suspended';
	audioWorklet = { addModule: async () => {} };
	destination = {};

	resume() {
		return new Promise<void>((resolve) => {
			begin = () => {
				this.state = 'running';
				resolve();
			};
			if (this.state === 'running') begin();
		});
	}
	createGain() {
		return { connect() {}, gain: {} };
	}
	createMediaElementSource(audio: unknown) {
		led.push(audio);
		return { connect() {} };
	}
	async close() {}
}

class FakeSeam {
	port = { postMessage: (order: unknown) => told.push(order) };
	connect() {}
}

beforeEach(() => {
	led = [];
	told = [];
	FakeAudio.all.length = 0;
	vi.useFakeTimers();
	vi.stubGlobal('Audio', FakeAudio);
	vi.stubGlobal('AudioContext', FakeContext);
	vi.stubGlobal('AudioWorkletNode', FakeSeam);
	vi.stubGlobal('HTMLMediaElement', { HAVE_NOTHING: 0, HAVE_FUTURE_DATA: 3 });
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const quiet: SoundEvents = {
	...{ sounding() {}, waiting() {}, moved() {}, grew() {}, known() {} },
	...{ paused() {}, ended() {}, followed() {}, broke() {}, refused() {} }
};

test('what was prepared before the mixer ran is joined too', async () => {
	const audio = new FakeAudio();
	const sound = new Sound(audio as unknown as HTMLAudioElement, { on: quiet, worklet: '' });
	sound.load({ key: 'one', url: '/one', gain: 1 });
	const playing = sound.play();
	// Some browsers open the speakers for a second or two.
	await vi.advanceTimersByTimeAsync(BEGINS_MS);
	await playing;
	sound.prepare({ key: 'two', url: '/two', gain: 1 });
	begin();
	await vi.advanceTimersByTimeAsync(0);
	sound.pause();
	await sound.play();

	audio.currentTime = 9.5;
	audio.dispatchEvent(new Event('timeupdate'));
	await vi.advanceTimersByTimeAsync(500);

	expect(led).toHaveLength(2);
	expect(told).toContainEqual(expect.objectContaining({ kind: 'arm' }));
	expect(FakeAudio.all[1]?.paused).toBe(false);
	sound.close();
});

test('an end that is told after a pause begins nothing', async () => {
	const ended = vi.fn();
	const followed = vi.fn();
	const audio = new FakeAudio();
	const on = { ...quiet, ended, followed };
	const sound = new Sound(audio as unknown as HTMLAudioElement, { on, worklet: '' });
	sound.load({ key: 'one', url: '/one', gain: 1 });
	const playing = sound.play();
	await vi.advanceTimersByTimeAsync(BEGINS_MS);
	await playing;
	sound.prepare({ key: 'two', url: '/two', gain: 1 });

	sound.pause();
	audio.dispatchEvent(new Event('ended'));
	await vi.advanceTimersByTimeAsync(0);

	expect(FakeAudio.all[1]?.paused).toBe(true);
	expect([ended.mock.calls.length, followed.mock.calls.length]).toEqual([1, 0]);
	sound.close();
});
