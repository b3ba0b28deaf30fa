import { expect, test, vi } from 'vitest';
import { Bodies } from './bodies.ts';

test('however many people send, no more bodies come at once than all may send, and one that ends lets one in', () => {
	const bodies = new Bodies(() => {});
	const open: (() => void)[] = [];
	const enterAll = () => {
		for (let person = 0; person < 40; person += 1) {
			for (let own = 0; own < 10; own += 1) open.push(bodies.enter(`person-${person}`));
		}
	};

	expect(enterAll).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
	expect(open).toHaveLength(256);
	expect(() => bodies.enter('somebody new')).toThrow();

	open.pop()?.();
	bodies.enter('somebody new');
	expect(() => bodies.enter('somebody else')).toThrow();
});

test('what rests while bodies come rests until a moment after the last one', () => {
	vi.useFakeTimers();
	try {
		const told: boolean[] = [];
		const bodies = new Bodies((isBusy) => told.push(isBusy));
		const [first, second] = [bodies.enter('a'), bodies.enter('b')];
		first();
		second();
		bodies.enter('a')();
		expect(told).toEqual([true]);

		vi.advanceTimersByTime(1_000);
		expect(told).toEqual([true, false]);
	} finally {
		vi.useRealTimers();
	}
});
