import { decimal, number, plural } from '#language/numbers';

const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** Sizes and rates are decimal, as shops and networks give them. */
const KILO = 1000;

/** `3:07`, `1:02:45`; what a clock beside a track shows. */
export function clock(seconds: number): string {
	const all = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
	const minutes = Math.floor((all % HOUR) / MINUTE);
	const rest = String(all % MINUTE).padStart(2, '0');
	const hours = Math.floor(all / HOUR);
	return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `48 min`, `1 h 12 min`: how long a release is. */
export function playingTime(seconds: number): string {
	const minutes = Math.max(1, Math.round(seconds / MINUTE));
	if (minutes < 60) return `${number(minutes)} min`;
	const hours = Math.floor(minutes / 60);
	if (minutes % 60 !== 0) return `${number(hours)} h ${minutes % 60} min`;
	return plural(hours, ['# h', '# h']);
}

/** The same for a screen reader: `3 minutes 7 seconds`. */
export function spokenTime(seconds: number): string {
	const all = Math.max(0, Math.floor(seconds));
	const parts = [
		[Math.floor(all / HOUR), 'hour'],
		[Math.floor((all % HOUR) / MINUTE), 'minute'],
		[all % MINUTE, 'second']
	] as const;
	const spoken = parts.filter(([n]) => n > 0).map(([n, unit]) => count(n, unit));
	return spoken.length > 0 ? spoken.join(' ') : count(0, 'second');
}

/** The `datetime` of a `<time>`. */
export function isoDuration(seconds: number): string {
	return `PT${Math.max(0, Math.round(seconds))}S`;
}

/** `812 B`, `3.2 GB`. */
export function bytes(size: number): string {
	let step = 0;
	let value = size;
	while (value >= KILO && step < BYTE_UNITS.length - 1) {
		value /= KILO;
		step += 1;
	}
	// 999.96 MB would read "1000.0 MB".
	if (Number(value.toFixed(1)) >= KILO && step < BYTE_UNITS.length - 1) {
		value /= KILO;
		step += 1;
	}
	return `${decimal(value, step === 0 || value >= 100 ? 0 : 1)} ${BYTE_UNITS[step]}`;
}

/** `18 Mbit/s`: what people know their line by. */
export function rate(bytesPerSecond: number): string {
	const bits = bytesPerSecond * 8;
	if (bits < KILO ** 2) return `${number(Math.max(1, Math.round(bits / KILO)))} kbit/s`;
	const mega = bits / KILO ** 2;
	return `${decimal(mega, mega >= 10 ? 0 : 1)} Mbit/s`;
}

/** `4 min left`. Exact seconds would only flicker. */
export function timeLeft(seconds: number): string {
	if (seconds < 10) return 'a few seconds left';
	if (seconds < MINUTE) return `${number(Math.ceil(seconds / 10) * 10)} s left`;
	if (seconds < 10 * HOUR) return `${playingTime(seconds)} left`;
	return plural(Math.round(seconds / HOUR), ['about # hour left', 'about # hours left']);
}

const NOUNS = {
	artist: (n: number) => plural(n, ['# artist', '# artists']),
	change: (n: number) => plural(n, ['# change', '# changes']),
	day: (n: number) => plural(n, ['# day', '# days']),
	disc: (n: number) => plural(n, ['# disc', '# discs']),
	draft: (n: number) => plural(n, ['# draft', '# drafts']),
	file: (n: number) => plural(n, ['# file', '# files']),
	group: (n: number) => plural(n, ['# group', '# groups']),
	hour: (n: number) => plural(n, ['# hour', '# hours']),
	import: (n: number) => plural(n, ['# import', '# imports']),
	job: (n: number) => plural(n, ['# job', '# jobs']),
	listener: (n: number) => plural(n, ['# listener', '# listeners']),
	minute: (n: number) => plural(n, ['# minute', '# minutes']),
	'more track': (n: number) => plural(n, ['# more track', '# more tracks']),
	play: (n: number) => plural(n, ['# play', '# plays']),
	release: (n: number) => plural(n, ['# release', '# releases']),
	second: (n: number) => plural(n, ['# second', '# seconds']),
	single: (n: number) => plural(n, ['# single', '# singles']),
	time: (n: number) => plural(n, ['# time', '# times']),
	track: (n: number) => plural(n, ['# track', '# tracks'])
} as const;

export type Noun = keyof typeof NOUNS;

/** `1 track`, `1,024 tracks`. */
export const count = (n: number, noun: Noun): string => NOUNS[noun](n);

export function percent(part: number, of: number): number {
	return of > 0 ? Math.min(100, Math.max(0, Math.floor((part / of) * 100))) : 0;
}
