import type { Demuxer } from './sniff.ts';

/** How something is encoded, as ffprobe names it. */
export interface Encoding {
	demuxer: Demuxer;
	codec: string;
}

/** The type under which a browser plays it as it is, or null when it must be encoded first. */
export function playableType({ demuxer, codec }: Encoding): string | null {
	switch (demuxer) {
		case 'mp3':
			return codec === 'mp3' ? 'audio/mpeg' : null;
		case 'flac':
			return codec === 'flac' ? 'audio/flac' : null;
		case 'ogg':
			return ['vorbis', 'opus', 'flac'].includes(codec) ? 'audio/ogg' : null;
		case 'mov':
			return codec === 'aac' ? 'audio/mp4' : null;
		case 'aac':
			return codec === 'aac' ? 'audio/aac' : null;
		default:
			return null;
	}
}

const NAMES: Record<string, string> = {
	mp3: 'MP3',
	flac: 'FLAC',
	vorbis: 'Ogg Vorbis',
	opus: 'Opus',
	aac: 'AAC',
	alac: 'ALAC',
	wavpack: 'WavPack',
	ape: 'Monkey’s Audio',
	musepack7: 'Musepack',
	musepack8: 'Musepack',
	wmav1: 'WMA',
	wmav2: 'WMA',
	wmapro: 'WMA Professional',
	wmalossless: 'WMA Lossless'
};

/** What people call it. */
export function formatName({ demuxer, codec }: Encoding): string {
	if (demuxer === 'wav') return 'WAV';
	if (demuxer === 'aiff') return 'AIFF';
	if (codec.startsWith('pcm_')) return 'PCM';
	return NAMES[codec] ?? codec.toUpperCase();
}

const LOSSLESS = new Set(['flac', 'alac', 'wavpack', 'ape', 'wmalossless', 'tta', 'truehd']);

/** Whether nothing of the recording was thrown away. A WavPack may be lossy and does not say so. */
export function isLossless(codec: string): boolean {
	// Telephones' companded sound is called PCM too.
	return LOSSLESS.has(codec) || (codec.startsWith('pcm_') && !/law$/.test(codec));
}
