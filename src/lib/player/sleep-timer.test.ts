import { expect, test } from 'vitest';
import { SleepTimer } from './sleep-timer.ts';

test('after some minutes it is time, once', () => {
	const timer = new SleepTimer();
	timer.after(15, 1_000);

	expect(timer.isDue(15 * 60_000)).toBe(false);
	expect(timer.isDue(15 * 60_000 + 1_000)).toBe(true);
	expect([timer.isDue(1e9), timer.sleep.kind]).toEqual([false, 'off']);
});

test('after this track means the first that ends', () => {
	const timer = new SleepTimer();
	timer.afterTrack();

	expect([timer.isDue(1e12), timer.endsHere(), timer.endsHere()]).toEqual([false, true, false]);
});
