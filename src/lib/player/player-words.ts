const FAULTS = {
	gone: 'This track is no longer here.',
	signed_out: 'Sign in to play this track.',
	unplayable: 'This browser cannot play this track.'
} as const;

type Said = { kind: 'failed'; fault: keyof typeof FAULTS } | { kind: string };

/** What a listener should know when there is no sound; null while all is well. */
export function playerWords(state: Said): string | null {
	if ('fault' in state) return FAULTS[state.fault];
	if (state.kind === 'retrying') return 'The network went away. Playing goes on by itself.';
	return null;
}
