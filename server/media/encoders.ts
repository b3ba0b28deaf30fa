import type { RenditionKind } from '#contracts/track';
import { bitsFor } from '../renditions.ts';

/** ffmpeg's arguments for a rendition, up to the file that it writes. */
export function encoderOf(
	kind: RenditionKind,
	{ channels, hertz }: { channels: number; hertz: number }
): string[] {
	const bits = ['-b:a', String(bitsFor(kind, channels))];
	const stereo = channels > 2 ? ['-ac', '2'] : [];
	switch (kind) {
		case 'aac': {
			const rate = hertz > 48_000 ? ['-ar', '48000'] : [];
			return ['-c:a', 'aac', ...bits, ...stereo, ...rate, '-movflags', '+faststart', '-f', 'mp4'];
		}
		case 'opus':
			// Opus knows no 44.1 kHz.
			return ['-c:a', 'libopus', ...bits, ...stereo, '-ar', '48000', '-f', 'ogg'];
	}
}
