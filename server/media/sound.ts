import * as v from 'valibot';
import { formatName, isLossless, playableType } from './formats.ts';
import type { Outline } from './outline.ts';
import type { Plain } from './plain.ts';
import type { Demuxer } from './sniff.ts';

/** Encoders pad: so much of the whole may be missing. */
export const MAX_MISSING_PART = 0.1;
/** What stands for encrypted sound in MP4: Apple's shop, and everybody else's. */
const LOCKED_TAGS = ['drms', 'enca'];

const text = v.optional(v.string());
const Probe = v.object({
	streams: v.array(
		v.object({
			codec_type: text,
			codec_name: text,
			codec_tag_string: text,
			sample_rate: text,
			channels: v.optional(v.number()),
			duration: text,
			bit_rate: text,
			bits_per_sample: v.optional(v.number()),
			bits_per_raw_sample: text
		})
	),
	format: v.optional(v.object({ duration: text, size: text }))
});

/** What is in a file, as far as playing needs it. */
export interface Sound {
	demuxer: Demuxer;
	durationSeconds: number;
	hertz: number;
	channels: number;
	/** What people call it: FLAC, MP3. */
	format: string;
	/** Whether there may be less in the file than its header says: only listening to all of it tells. */
	mayBeCut: boolean;
	/** The type under which a browser plays it as it is, or null when it must be encoded first. */
	playsAs: string | null;
	/** Whether nothing of the recording was thrown away. */
	isLossless: boolean;
	/** Of the sound alone, as far as it is known; 0 when it is not. */
	bitsPerSecond: number;
	/** Bits a sample; 0 for formats that have none. */
	depth: number;
}

/** Told that the file cannot be heard, and why. */
export class NotPlayable extends Error {
	override readonly name = 'NotPlayable';
	readonly code: 'unreadable' | 'no_sound' | 'timeout' | 'limits' | 'protected';

	constructor(code: NotPlayable['code'], options?: ErrorOptions) {
		super(code, options);
		this.code = code;
	}
}

/** By what ffprobe answers, in JSON. @throws NotPlayable */
export function soundOf(demuxer: Demuxer, answer: string): Sound {
	const { streams, format } = v.parse(Probe, JSON.parse(answer));
	const sound = streams.find((stream) => stream.codec_type === 'audio');
	if (LOCKED_TAGS.includes(sound?.codec_tag_string ?? '')) throw new NotPlayable('protected');
	if (!sound?.codec_name) throw new NotPlayable('no_sound');
	const encoding = { demuxer, codec: sound.codec_name };
	const durationSeconds =
		Number(sound.duration ?? format?.duration ?? 0) || Number(format?.duration ?? 0);
	const hertz = Number(sound.sample_rate ?? 0);
	// Musepack counts in parts that are longer than a short song: that there is none is found when it is encoded.
	const isCounted = durationSeconds > 0 || demuxer === 'mpc8';
	if (!isCounted || !(hertz > 0)) throw new NotPlayable('no_sound');
	const named = Number(sound.bit_rate ?? 0);
	const bytes = Number(format?.size ?? 0);
	return {
		demuxer,
		durationSeconds,
		hertz,
		channels: sound.channels ?? 2,
		format: formatName(encoding),
		mayBeCut: mayBeCut(demuxer, { durationSeconds, bitsPerSecond: named, bytes }),
		playsAs: playableType(encoding),
		isLossless: isLossless(sound.codec_name),
		bitsPerSecond: Math.round(named || (bytes * 8) / Math.max(1, durationSeconds)),
		depth: Number(sound.bits_per_raw_sample ?? 0) || (sound.bits_per_sample ?? 0)
	};
}

/** The same for a file whose end was seen: nothing of it is left to ask. */
export function soundOfOutline(
	demuxer: Plain,
	{ seconds, promisedSeconds, ...outline }: Outline
): Sound {
	const encoding = { demuxer, codec: demuxer };
	const promised = promisedSeconds ?? seconds;
	const mayBeCut = seconds < promised * (1 - MAX_MISSING_PART);
	return {
		...{ ...outline, demuxer, mayBeCut },
		durationSeconds: mayBeCut ? promised : seconds,
		format: formatName(encoding),
		playsAs: playableType(encoding),
		isLossless: isLossless(encoding.codec)
	};
}

/** Suspects a file cheaply: to listen to each of thousands of files would take as long again as all the rest. */
function mayBeCut(
	demuxer: Demuxer,
	promise: { durationSeconds: number; bitsPerSecond: number; bytes: number }
): boolean {
	if (demuxer === 'flac') return true; // its header says how long it is, and nothing of bytes
	if (demuxer === 'ogg') return false; // its length is read from its last page, so what is there is all it promises
	const { durationSeconds, bitsPerSecond, bytes } = promise;
	return bytes * 8 < bitsPerSecond * durationSeconds * (1 - MAX_MISSING_PART);
}
