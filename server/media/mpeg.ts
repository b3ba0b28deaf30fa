const KILOBITS = {
	v1: {
		1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
		2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
		3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
	},
	v2: {
		1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
		2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
		3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
	}
} as const;
const HERTZ = [44100, 48000, 32000] as const;

/** What the four bytes in front of an MPEG audio frame say. */
export interface MpegHeader {
	/** Length of the frame with its header. */
	bytes: number;
	layer: 1 | 2 | 3;
	samples: number;
	hertz: number;
	channels: 1 | 2;
	/** From the frame's beginning to what follows the description of how its bits are shared out, layer III only. */
	sideEnd: number;
}

/** ISO 11172-3 §2.4.2.3 and ISO 13818-3; null for what is no such header, and for a bit rate that is not named. */
export function mpegHeaderAt(bytes: Buffer, at: number): MpegHeader | null {
	if (at + 4 > bytes.length) return null;
	const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes.subarray(at, at + 4);
	if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0) return null;
	const version = (b1 >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5, 1: reserved
	const layerBits = (b1 >> 1) & 3;
	const rate = HERTZ[((b2 >> 2) & 3) as 0 | 1 | 2];
	if (version === 1 || layerBits === 0 || rate === undefined) return null;
	const layer = (4 - layerBits) as 1 | 2 | 3;
	const isFirst = version === 3;
	const kilobits = KILOBITS[isFirst ? 'v1' : 'v2'][layer][((b2 >> 4) & 15) - 1];
	if (kilobits === undefined) return null;
	const hertz = isFirst ? rate : version === 2 ? rate / 2 : rate / 4;
	const padding = (b2 >> 1) & 1;
	const channels = b3 >> 6 === 3 ? 1 : 2;
	const samples = layer === 1 ? 384 : layer === 3 && !isFirst ? 576 : 1152;
	const slot = layer === 1 ? 4 : 1;
	const slots = Math.floor(((samples / 8 / slot) * 1000 * kilobits) / hertz) + padding;
	const side = isFirst ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
	return { bytes: slots * slot, layer, samples, hertz, channels, sideEnd: 4 + side };
}
