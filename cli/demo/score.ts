import type { DrumName } from './drums.ts';
import type { InstrumentName } from './instruments.ts';

/** Times are in seconds from the beginning of the piece. */
export interface Note {
	at: number;
	/** How long the key is held. */
	seconds: number;
	/** 69 is 440 Hz. */
	midi: number;
	/** 0 to 1. */
	velocity: number;
}

export interface Stroke {
	at: number;
	drum: DrumName;
	/** 0 to 1. */
	velocity: number;
}

export interface Part {
	instrument: InstrumentName;
	decibels: number;
	/** −1 is left, 1 is right. */
	place: number;
	/** How much of it goes to the room and to the echo, 0 to 1. */
	reverb: number;
	echo: number;
	/** How far it steps back at each kick, 0 to 1. */
	duck: number;
	/** Where a filter over the whole part stands, in order of time; in between it moves. */
	cutoff: readonly { at: number; hertz: number }[];
	notes: readonly Note[];
}

/** A piece of music, written down. */
export interface Score {
	/** With what rings on after the last note. */
	seconds: number;
	beatSeconds: number;
	parts: readonly Part[];
	drums: { decibels: number; reverb: number; strokes: readonly Stroke[] };
	/** Seconds until the room is silent. */
	roomSeconds: number;
	/** Level of tape hiss; −Infinity for none. */
	hissDecibels: number;
}
