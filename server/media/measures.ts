/** How many peaks a track has at most: drawn a thousand pixels wide each is a bar of two and a half. */
const PEAKS = 400;
/** The largest value of a peak: full scale. */
const FULL = 255;

/** EBU R128. */
export interface Loudness {
	/** Integrated loudness in LUFS; null for what is silent, or too short to have one. */
	integrated: number | null;
	/** dBTP; null for silence. */
	truePeak: number | null;
}

export interface Measures {
	/** 0 to 255 for each part of the track, all parts equally long. */
	peaks: number[];
	loudness: Loudness;
}

/** Measured in one pass: decoding is most of the work. */
export function measuring({ samples, hertz }: { samples: number; hertz: number }): string {
	const part = Math.min(MAX_PART_SAMPLES, Math.max(MIN_PART_SAMPLES, Math.ceil(samples / PEAKS)));
	return [
		// Loudness first, since it takes frames as they come. Its filter writes a line for every tenth of a second else.
		'ebur128=peak=true:framelog=verbose',
		// It hands out doubles at whatever rate it likes.
		`aresample=${hertz}`,
		`asetnsamples=n=${part}:p=0`,
		'astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level',
		'ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:file=-'
	].join(',');
}

/** So much of eight channels fits the memory that there is. */
const MAX_PART_SAMPLES = 2 ** 20;
/** A moment's sound has fewer peaks. */
const MIN_PART_SAMPLES = 64;

/**
 * @param stdout the peaks, in dBFS, as `measuring` prints them
 * @param stderr the summary of the loudness; only its end is looked at, since a title may say anything
 */
export function parseMeasures({ stdout, stderr }: { stdout: string; stderr: string }): Measures {
	const levels = [...stdout.matchAll(/^lavfi\.astats\.Overall\.Peak_level=(\S+)$/gm)].map(
		([, level]) => 10 ** (decibels(level) / 20)
	);
	const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
	const integrated = decibels(/^\s*I:\s+(\S+) LUFS$/m.exec(summary)?.[1]);
	const truePeak = decibels(/^\s*Peak:\s+(\S+) dBFS$/m.exec(summary)?.[1]);
	return {
		peaks: inParts(levels).map((level) => Math.min(FULL, Math.round(level * FULL))),
		loudness: {
			// R128: below the absolute gate there is no loudness, and the filter says so by the gate itself.
			integrated: integrated > ABSOLUTE_GATE_LUFS ? integrated : null,
			truePeak: Number.isFinite(truePeak) ? truePeak : null
		}
	};
}

const ABSOLUTE_GATE_LUFS = -70;

const decibels = (text: string | undefined) => {
	const value = Number(text);
	return text === undefined || Number.isNaN(value) ? -Infinity : value;
};

/** The loudest of each part. */
function inParts(levels: readonly number[]): number[] {
	if (levels.length <= PEAKS) return [...levels];
	const parts = new Array<number>(PEAKS).fill(0);
	levels.forEach((level, at) => {
		const part = Math.floor((at * PEAKS) / levels.length);
		parts[part] = Math.max(parts[part] ?? 0, level);
	});
	return parts;
}
