import { expect, test } from 'vitest';
import { Toasts } from './toast.svelte.ts';

function toasts() {
	const waiting = new Map<number, () => void>();
	let count = 0;
	const timers = {
		set(run: () => void) {
			waiting.set((count += 1), run);
			return count;
		},
		clear: (timer: number) => void waiting.delete(timer)
	};
	const all = new Toasts({ timers });
	const pass = () => {
		for (const [timer, run] of [...waiting]) if (waiting.delete(timer)) run();
	};
	return { all, pass };
}

const texts = (all: Toasts) => all.all.map(({ text }) => text);

test('a toast goes away by itself', () => {
	const { all, pass } = toasts();
	all.say({ text: '3 tracks added' });

	pass();

	expect(texts(all)).toEqual([]);
});

test('nothing goes away while somebody reads', () => {
	const { all, pass } = toasts();
	all.say({ text: 'one' });
	all.hold();
	all.say({ text: 'two' });

	pass();
	expect(texts(all)).toEqual(['one', 'two']);

	all.release();
	pass();
	expect(texts(all)).toEqual([]);
});

test('the same sentence is not said twice at once', () => {
	const { all } = toasts();
	all.say({ text: 'same' });
	all.say({ text: 'same' });

	expect(texts(all)).toEqual(['same']);
});

test('the oldest makes room', () => {
	const { all } = toasts();
	for (const text of ['1', '2', '3', '4']) all.say({ text });

	expect(texts(all)).toEqual(['2', '3', '4']);
});
