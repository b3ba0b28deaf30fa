import { locale } from '#language/numbers';

/** A day's plays, under the words for that day. */
export interface Day<T> {
	words: string;
	plays: T[];
}

/** Plays in the order given, with those of one day of the person's own clock together. */
export function byDay<T extends { at: string }>(
	plays: readonly T[],
	{ now = new Date(), timeZone }: { now?: Date; timeZone?: string } = {}
): Day<T>[] {
	const format = new Intl.DateTimeFormat(locale(), {
		...(timeZone !== undefined && { timeZone }),
		weekday: 'long',
		day: 'numeric',
		month: 'long'
	});
	const today = format.format(now);
	const yesterday = format.format(new Date(now.getTime() - 24 * 60 * 60 * 1000));
	const days: Day<T>[] = [];
	for (const play of plays) {
		const date = format.format(new Date(play.at));
		const words = date === today ? 'Today' : date === yesterday ? 'Yesterday' : date;
		const last = days.at(-1);
		if (last?.words === words) last.plays.push(play);
		else days.push({ words, plays: [play] });
	}
	return days;
}
