import { writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Peaks } from '#contracts/track';
import { failureCode } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Work } from '../live/work.ts';
import type { Workshop } from '../media/workshop.ts';
import type { Log } from '../ops/log.ts';
import { peaksPath } from '../renditions.ts';
import type { Storage } from '../storage/storage.ts';
import type { Worker } from './jobs.ts';
import { OfOriginal } from './of-original.ts';
import { leaveNothing, withOriginal } from './original.ts';

interface MeasureOptions {
	catalogue: Pick<Catalogue, 'originals' | 'measurements' | 'looseFiles'>;
	storage: Storage;
	workshop: Workshop;
	work: Pick<Work, 'begin'>;
	log: Log;
}

/** Draws a track's peaks and says how loud it is: both in one pass, since to decode it is most of the work. */
export function createMeasure({ catalogue, storage, workshop, work, log }: MeasureOptions): Worker {
	return {
		async run(payload, signal) {
			const of = v.parse(OfOriginal, payload);
			const current = await catalogue.originals.ofTrack(of.trackId);
			if (current?.sha256 !== of.sha256) return;
			const bench = work.begin({ ...current, trackId: of.trackId }, 'measure');
			try {
				await withOriginal({ storage, workshop }, { ...of, signal }, async (original) => {
					const { file, sound, beside } = original;
					const { peaks, loudness } = await workshop.measure(file, sound, signal);
					const drawn = beside('peaks');
					await writeFile(drawn, JSON.stringify({ peaks } satisfies Peaks));
					await storage.keepDerived(drawn, peaksPath(of.sha256));
					await leaveNothing(catalogue, of);
					bench.enter('gapless');
					const gapless = await workshop.gapless(file, sound);
					await catalogue.measurements.settle(of, { loudness, gapless });
				});
			} catch (error) {
				if (signal.aborted || !failureCode(error)) throw error;
				log.info('track not measured', { trackId: of.trackId, error });
				await catalogue.measurements.settle(of, null);
			} finally {
				bench.end();
			}
		},

		async giveUp(payload) {
			await catalogue.measurements.settle(v.parse(OfOriginal, payload), null);
		}
	};
}
