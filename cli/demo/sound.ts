/** Stereo samples; full scale is 1. Both sides are equally long. */
export interface Sound {
	left: Float32Array;
	right: Float32Array;
}

export function silence(frames: number): Sound {
	return { left: new Float32Array(frames), right: new Float32Array(frames) };
}

/** Equal-power panning. @param place −1 is left, 1 is right */
export function panned(place: number): { left: number; right: number } {
	const angle = ((place + 1) * Math.PI) / 4;
	return { left: Math.cos(angle) * Math.SQRT2, right: Math.sin(angle) * Math.SQRT2 };
}

/** Of a note by its MIDI number, where 69 is 440 Hz. */
export function hertzOf(midi: number): number {
	return 440 * 2 ** ((midi - 69) / 12);
}

/** @returns factor for an amplitude */
export function fromDecibels(decibels: number): number {
	return 10 ** (decibels / 20);
}
