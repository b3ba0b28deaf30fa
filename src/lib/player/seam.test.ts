import { expect, test } from 'vitest';
import { Seam, type Block } from './seam.ts';

const HERTZ = 48_000;
const QUANTUM = 128;

/** A stream that begins and ends somewhere; each of its samples says which one it is. */
function stream({ from, samples, base }: { from: number; samples: number; base: number }) {
	return (frame: number): Block => {
		const left = Float32Array.from({ length: QUANTUM }, (_, n) => {
			const at = frame + n - from;
			return at >= 0 && at < samples ? base + at : 0;
		});
		return [left, left];
	};
}

function hear(
	seam: Seam,
	[one, other]: readonly ((frame: number) => Block)[],
	{ quanta, at = {} }: { quanta: number; at?: Record<number, () => void> }
): number[] {
	const heard: number[] = [];
	for (let n = 0; n < quanta; n += 1) {
		at[n]?.();
		const out: [Float32Array, Float32Array] = [
			new Float32Array(QUANTUM),
			new Float32Array(QUANTUM)
		];
		seam.process([one!(n * QUANTUM), other!(n * QUANTUM)], out);
		heard.push(...out[0]);
	}
	return heard;
}

const FIRST = 5_000;
const SECOND = 20_000;
const both = (begins: number) =>
	[
		stream({ from: 0, samples: FIRST, base: 1 }),
		stream({ from: begins, samples: SECOND, base: 100_001 })
	] as const;
const arm = (seam: Seam, quantum: number, off = 0) => ({
	[quantum]: () => {
		const endsInSeconds = (FIRST + off - quantum * QUANTUM) / HERTZ;
		seam.obey({ kind: 'arm', endsInSeconds, floor: 1e-4 });
	}
});
/** Both streams as one, each sample once. */
const whole = [
	...Array.from({ length: FIRST }, (_, n) => n + 1),
	...Array.from({ length: 4_000 }, (_, n) => 100_001 + n)
];
const sounding = (heard: number[]) => {
	const from = heard.findIndex((sample) => sample !== 0);
	return heard.slice(from, from + whole.length);
};

test.each([
	['early', 1_000],
	['in the middle of a quantum', 3_333],
	['a moment before the end', 4_990]
])(
	'the second is heard from its first sample right after the last of the first: begun %s',
	(_, begins) => {
		const seam = new Seam(HERTZ);

		const heard = hear(seam, both(begins), { quanta: 100, at: arm(seam, 5) });

		expect(sounding(heard)).toEqual(whole);
	}
);

test.each([-2_000, 2_000])('a clock that is off by %i samples changes nothing', (off) => {
	const seam = new Seam(HERTZ);

	const heard = hear(seam, both(2_000), { quanta: 100, at: arm(seam, 5, off) });

	expect(sounding(heard)).toEqual(whole);
});

test('silence before the end is no end', () => {
	const seam = new Seam(HERTZ);
	const pause = { from: 700, to: 1_500 };
	const first = (frame: number): Block => {
		const block = both(0)[0](frame)[0].map((sample, n) =>
			frame + n >= pause.from && frame + n < pause.to ? 0 : sample
		);
		return [block, block];
	};

	const heard = hear(seam, [first, both(2_000)[1]], { quanta: 100, at: arm(seam, 2) });

	expect(sounding(heard)).toEqual(
		whole.map((sample, at) => (at >= pause.from && at < pause.to ? 0 : sample))
	);
});

test('a second one that is late is heard as soon as it comes', () => {
	const seam = new Seam(HERTZ);

	const heard = hear(seam, both(FIRST + 900), { quanta: 100, at: arm(seam, 5) });

	const second = heard.findIndex((sample) => sample > 100_000);
	expect(heard[second]).toBe(100_001);
	expect(heard.filter((sample) => sample > 100_000).slice(0, 4_000)).toEqual(whole.slice(FIRST));
});

test('what was kept is forgotten when somebody goes elsewhere', () => {
	const seam = new Seam(HERTZ);
	const at = { ...arm(seam, 5), 20: () => seam.obey({ kind: 'cut', to: 0 }) };

	const heard = hear(seam, both(1_000), { quanta: 100, at });

	expect(heard.some((sample) => sample > 100_000)).toBe(false);
	expect(seam.active).toBe(0);
});
