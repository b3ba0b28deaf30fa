import type { BenchOptions, Settings } from './bench.ts';
import type { CongestionControl, Emulation, LinkShape } from './emulation.ts';
import { Link } from './link.ts';
import { controls, Netlab } from './netlab.ts';

/** What claims are made of. */
export const REPORTED: Settings = {
	rates: [5, 20, 100],
	buffers: [50, 500],
	delays: [0],
	rounds: [2]
};

export const SWITCHES: Readonly<Record<string, Settings>> = {
	/** The link that people complain of. */
	quick: { rates: [20], buffers: [500], rounds: [1] },
	/** To find parameters by: none of these is reported, so that nothing is fitted to what is claimed. */
	tune: { rates: [10, 50], buffers: [200], delays: [10] },
	/** A server that is far away. */
	far: { delays: [50] },
	/** The kernel's links and TCP, by network namespaces, with both kinds of congestion control or one of them. */
	netlab: {},
	reno: {},
	bbr: {}
};

/** Megabits a second, milliseconds of buffer, and milliseconds away, in every combination. */
export function linksOf({ settings, switches }: BenchOptions): LinkShape[] {
	const { rates = [], buffers = [], delays = [] } = settings;
	return rates.flatMap((megabitsPerSecond) =>
		buffers.flatMap((bufferMs) =>
			(switches.has('netlab') ? [0] : delays).flatMap((delayMs) =>
				controlsOf(switches).map((control) => ({ megabitsPerSecond, bufferMs, delayMs, control }))
			)
		)
	);
}

export async function startEmulation({ switches }: BenchOptions): Promise<Emulation> {
	return switches.has('netlab') ? Netlab.start() : new Link();
}

function controlsOf(switches: ReadonlySet<string>): (CongestionControl | null)[] {
	if (!switches.has('netlab')) return [null];
	const asked = controls().filter((control) => switches.has(control));
	return asked.length > 0 ? asked : controls();
}
