import type { Rendition, Track } from '#contracts/track';
import { spoken } from '#language/spoken';

const STANDINGS: Record<Rendition['state'], string> = spoken(() => ({
	waiting: 'To come, behind everything else',
	ready: 'Ready',
	failed: 'Could not be made; it plays without'
}));

const COPIES: Partial<Record<Rendition['kind'], string>> = spoken(() => ({
	aac: 'A copy for every browser (AAC)',
	opus: 'A copy for slow lines (Opus)'
}));

/** What the portal makes of an original that plays already, and how far each of it is. */
export function madeOf({
	measured = 'waiting',
	renditions = []
}: Pick<Track, 'measured' | 'renditions'>): { name: string; words: string }[] {
	const copies = renditions.flatMap(({ kind, state }) => {
		const name = COPIES[kind];
		return name ? [{ name, words: STANDINGS[state] }] : [];
	});
	return [{ name: 'Waveform and loudness', words: STANDINGS[measured] }, ...copies];
}
