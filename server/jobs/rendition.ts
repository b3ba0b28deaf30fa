import * as v from 'valibot';
import { RENDITION_KINDS } from '#contracts/track';
import { failureCode } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Work } from '../live/work.ts';
import type { Workshop } from '../media/workshop.ts';
import type { Log } from '../ops/log.ts';
import { renditionPath } from '../renditions.ts';
import type { Storage } from '../storage/storage.ts';
import type { Worker } from './jobs.ts';
import { OfOriginal } from './of-original.ts';
import { leaveNothing, withOriginal } from './original.ts';

const Payload = v.object({ ...OfOriginal.entries, kind: v.picklist(RENDITION_KINDS) });

interface RenditionOptions {
	catalogue: Pick<Catalogue, 'originals' | 'renditions' | 'looseFiles'>;
	storage: Storage;
	workshop: Workshop;
	work: Pick<Work, 'begin'>;
	log: Log;
}

/** Encodes an original once more, so that it plays everywhere, and over slow links. */
export function createRendition({
	catalogue,
	storage,
	workshop,
	work,
	log
}: RenditionOptions): Worker {
	return {
		async run(payload, signal) {
			const { kind, ...of } = v.parse(Payload, payload);
			const current = await catalogue.originals.ofTrack(of.trackId);
			if (current?.sha256 !== of.sha256) return;
			const bench = work.begin({ ...current, trackId: of.trackId }, kind);
			const relative = renditionPath(of.sha256, kind);
			try {
				// Named by its content, and moved there when it was whole: once is enough, also for somebody else's copy.
				if ((await storage.sizeOf(relative)) === null) {
					await withOriginal({ storage, workshop }, { ...of, signal }, async (original) => {
						const { file, sound, beside } = original;
						const target = beside('output');
						await workshop.encode({ file, target, kind }, sound, signal);
						await storage.keepDerived(target, relative);
						await leaveNothing(catalogue, of);
					});
				}
				await catalogue.renditions.settle({ ...of, kind }, 'ready');
			} catch (error) {
				if (signal.aborted || !failureCode(error)) throw error;
				log.info('rendition not made', { trackId: of.trackId, kind, error });
				await catalogue.renditions.settle({ ...of, kind }, 'failed');
			} finally {
				bench.end();
			}
		},

		async giveUp(payload) {
			await catalogue.renditions.settle(v.parse(Payload, payload), 'failed');
		}
	};
}
