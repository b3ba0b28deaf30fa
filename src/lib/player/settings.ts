import * as v from 'valibot';
import type { SafeStorage } from './safe-storage.ts';

const NAME = 'segue.listening';

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

const Settings = v.object({
	/** 0 to 1. */
	volume: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1),
	isMuted: v.optional(v.boolean(), false),
	/** In a release the quiet song stays quieter than the loud one, which is how it was made. */
	levelling: v.optional(v.picklist(['off', 'track', 'release']), 'release'),
	/** Times the usual speed; the pitch stays. */
	speed: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(2)), 1)
});
/** How somebody listens, on this computer. */
export type Settings = v.InferOutput<typeof Settings>;

export function readSettings(storage: SafeStorage): Settings {
	try {
		const read = v.safeParse(Settings, JSON.parse(storage.read(NAME) ?? '{}'));
		if (read.success) return read.output;
	} catch {
		// somebody else's text: as if nothing had been chosen
	}
	return v.parse(Settings, {});
}

export function writeSettings(storage: SafeStorage, settings: Settings) {
	storage.write(NAME, JSON.stringify(settings));
}
