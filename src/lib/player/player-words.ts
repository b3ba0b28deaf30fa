import { number } from '#language/numbers';
import { spoken } from '#language/spoken';

const FAULTS = spoken(
	() =>
		({
			gone: 'This track is no longer here.',
			signed_out: 'Sign in to play this track.',
			unplayable: 'This browser cannot play this track.'
		}) as const
);

const PAUSES = spoken(
	() =>
		({
			elsewhere: 'It plays in another tab now. One plays at a time.',
			asleep: 'Good night. The sleep timer ended it.'
		}) as const
);

type Said =
	| { kind: 'failed'; fault: keyof typeof FAULTS }
	| { kind: 'paused'; because?: keyof typeof PAUSES }
	| { kind: string };

/** What a listener should know when there is no sound; null while all is well. */
export function playerWords(state: Said): string | null {
	if ('fault' in state) return FAULTS[state.fault];
	if ('because' in state && state.because) return PAUSES[state.because];
	if (state.kind === 'retrying') return 'The network went away. Playing goes on by itself.';
	return null;
}

export const REPEAT_WORDS = spoken(
	() =>
		({
			off: 'Repeat: off',
			all: 'Repeat: all',
			one: 'Repeat: this track'
		}) as const
);

/** `1.25×`. */
export function speedWords(speed: number): string {
	return speed === 1 ? 'Usual speed' : `${speed}×`;
}

/** Of a timer that ends at this time, in milliseconds. */
export function sleepWords(sleep: { kind: string; ms?: number }, nowMs: number): string {
	if (sleep.kind === 'track') return 'Stops after this track';
	if (sleep.ms === undefined) return 'Sleep timer';
	const minutes = Math.max(1, Math.ceil((sleep.ms - nowMs) / 60_000));
	return `Stops in ${number(minutes)} min`;
}
