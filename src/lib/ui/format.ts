const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** Sizes and rates are decimal, as shops and networks give them. */
const KILO = 1000;

const whole = new Intl.NumberFormat('en');

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
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
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
	return spoken.length > 0 ? spoken.join(' ') : '0 seconds';
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
	const digits = step === 0 || value >= 100 ? 0 : 1;
	return `${value.toFixed(digits).replace(/\.0$/, '')} ${BYTE_UNITS[step]}`;
}

/** `18 Mbit/s`: what people know their line by. */
export function rate(bytesPerSecond: number): string {
	const bits = bytesPerSecond * 8;
	if (bits < KILO ** 2) return `${Math.max(1, Math.round(bits / KILO))} kbit/s`;
	const mega = bits / KILO ** 2;
	return `${mega >= 10 ? Math.round(mega) : mega.toFixed(1)} Mbit/s`;
}

/** `4 min left`. Exact seconds would only flicker. */
export function timeLeft(seconds: number): string {
	if (seconds < 10) return 'a few seconds left';
	if (seconds < MINUTE) return `${Math.ceil(seconds / 10) * 10} s left`;
	if (seconds < 10 * HOUR) return `${playingTime(seconds)} left`;
	return `about ${Math.round(seconds / HOUR)} hours left`;
}

/** `1 track`, `1,024 tracks`. */
export function count(n: number, noun: string): string {
	return `${whole.format(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function percent(part: number, of: number): number {
	return of > 0 ? Math.min(100, Math.max(0, Math.floor((part / of) * 100))) : 0;
}
