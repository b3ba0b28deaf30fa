import type { Loudness } from '#contracts/track';

export type Levelling = 'off' | 'track' | 'release';

/** LUFS. Loud enough for a phone, and quiet enough that few tracks would have to be made louder than their peaks allow. */
const TARGET_LUFS = -16;
/** dBTP. What is encoded for the way overshoots its original a little. */
const CEILING_DBTP = -1;

interface Measured {
	durationSeconds: number;
	releaseSlug: string | null;
	loudness?: Loudness | undefined;
}

/**
 * What to multiply the samples of a track by. Peaks never come above the ceiling by it; what is not measured stays.
 * @param others what is at hand of the same release: in a release the quiet song stays quieter than the loud one
 */
export function gainOf(
	track: Measured,
	levelling: Levelling,
	others: readonly Measured[] = []
): number {
	if (levelling === 'off' || !track.loudness) return 1;
	const siblings =
		levelling === 'release' && track.releaseSlug !== null
			? others.filter(({ releaseSlug }) => releaseSlug === track.releaseSlug)
			: [];
	const heard = [track, ...siblings];
	const integrated = meanLoudness(heard);
	if (integrated === null) return 1;
	const peak = Math.max(...heard.map(({ loudness }) => loudness?.truePeak ?? -Infinity));
	return 10 ** (Math.min(TARGET_LUFS - integrated, CEILING_DBTP - peak) / 20);
}

/** Of several tracks one after the other: a mean of power, not of decibels. */
function meanLoudness(tracks: readonly Measured[]): number | null {
	let power = 0;
	let seconds = 0;
	for (const { loudness, durationSeconds } of tracks) {
		if (loudness?.integrated == null || !(durationSeconds > 0)) continue;
		power += durationSeconds * 10 ** (loudness.integrated / 10);
		seconds += durationSeconds;
	}
	return seconds > 0 ? 10 * Math.log10(power / seconds) : null;
}
