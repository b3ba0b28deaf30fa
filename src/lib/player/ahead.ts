/** A stretch of a track, in seconds. */
export interface Span {
	from: number;
	to: number;
}

/** With less than this in hand the next hiccup of the link is heard. */
const ENOUGH_SECONDS = 5;
/** What is this close to the end is the end. */
const END_SECONDS = 0.5;

/** Whether what plays will soon need bytes that are not here yet. */
export function isShort({
	seconds,
	duration,
	buffered
}: {
	seconds: number;
	duration: number;
	buffered: readonly Span[];
}): boolean {
	const here = buffered.find(({ from, to }) => from <= seconds && seconds <= to);
	const end = here?.to ?? seconds;
	return end - seconds < ENOUGH_SECONDS && end < duration - END_SECONDS;
}

/** The next track is fetched this long before it begins, if this one is here to its end. */
const FETCH_AHEAD_SECONDS = 30;

/** Whether the link is free for the track after this one: never while this one still needs it. */
export function mayFetchNext({
	seconds,
	duration,
	buffered
}: {
	seconds: number;
	duration: number;
	buffered: readonly Span[];
}): boolean {
	if (!(duration > 0) || duration - seconds > FETCH_AHEAD_SECONDS) return false;
	const here = buffered.find(({ from, to }) => from <= seconds && seconds <= to);
	return here !== undefined && here.to >= duration - END_SECONDS;
}
