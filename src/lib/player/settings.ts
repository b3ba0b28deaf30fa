import type { SafeStorage } from './safe-storage.ts';

const NAME = 'segue.listening';

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

const LEVELLINGS = ['off', 'track', 'release'] as const;

/** How somebody listens, on this computer. */
export interface Settings {
	/** 0 to 1. */
	volume: number;
	isMuted: boolean;
	/** In a release the quiet song stays quieter than the loud one, which is how it was made. */
	levelling: (typeof LEVELLINGS)[number];
	/** Times the usual speed; the pitch stays. */
	speed: number;
}

export const USUAL: Settings = { volume: 1, isMuted: false, levelling: 'release', speed: 1 };

/** By hand: the first page does without what would check it. */
export function readSettings(storage: SafeStorage): Settings {
	try {
		const read = JSON.parse(storage.read(NAME) ?? '{}') as Partial<Record<keyof Settings, unknown>>;
		const { volume, isMuted, levelling, speed } = read;
		return {
			volume: isWithin(volume, 0, 1) ? volume : USUAL.volume,
			isMuted: isMuted === true,
			levelling: LEVELLINGS.find((known) => known === levelling) ?? USUAL.levelling,
			speed: isWithin(speed, 0.5, 2) ? speed : USUAL.speed
		};
	} catch {
		return USUAL; // somebody else's text: as if nothing had been chosen
	}
}

const isWithin = (n: unknown, least: number, most: number): n is number =>
	typeof n === 'number' && n >= least && n <= most;

export function writeSettings(storage: SafeStorage, settings: Settings) {
	storage.write(NAME, JSON.stringify(settings));
}
