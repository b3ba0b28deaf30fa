import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

test('a person hears how much of each open stream has come, and of nobody else’s', () => {
	const arrivals = new Arrivals();
	const one = arrivals.open('ada', 'one');
	arrivals.open('ada', 'two')?.add(5);
	arrivals.open('bea', 'one')?.add(7);

	one?.add(10);
	one?.add(20);

	expect(arrivals.of('ada')).toEqual({ one: 30, two: 5 });
	one?.end();
	expect(arrivals.of('ada')).toEqual({ two: 5 });
	expect(arrivals.of('nobody')).toEqual({});
});

test('a name that is taken, and more streams than a browser has, are not counted', () => {
	const arrivals = new Arrivals();
	const open = (name: string) => arrivals.open('ada', name);
	expect(open('one')).not.toBeNull();
	expect(open('one')).toBeNull();

	const opened = Array.from({ length: 100 }, (_, at) => open(`s${at}`)).filter(Boolean);

	expect(opened.length).toBeLessThan(40);
});
