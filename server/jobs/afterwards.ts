import type { RenditionKind } from '#contracts/track';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { Jobs } from './jobs.ts';
import type { OfOriginal } from './of-original.ts';

/** A start must not take long; the rest comes with what is done. */
const MOST_AT_ONCE = 500;

export type Afterwards = ReturnType<typeof createAfterwards>;

/** Work on tracks that play already. Nobody ever waits for it. */
export function createAfterwards({
	catalogue,
	jobs
}: {
	catalogue: Pick<Catalogue, 'measurements' | 'renditions'>;
	jobs: Pick<Jobs, 'add'>;
}) {
	// The keys are looked for in SQL too: see `withoutJob` and `unmeasuredWithoutJob`.
	const measure = (of: OfOriginal, nouns: Nouns, owner?: string) =>
		jobs.add(
			{
				kind: 'measure',
				key: `measure:${of.trackId}:${of.sha256}`,
				payload: of,
				// A picture of a song comes before its copies.
				priority: 'background',
				...(owner !== undefined && { owner })
			},
			nouns
		);
	const render = (of: OfOriginal, kind: RenditionKind, nouns: Nouns, owner?: string) =>
		jobs.add(
			{
				kind: 'rendition',
				key: `rendition:${kind}:${of.trackId}:${of.sha256}`,
				payload: { ...of, kind },
				priority: 'idle',
				...(owner !== undefined && { owner })
			},
			nouns
		);

	return {
		/** In the transaction that gives a track its original: the rows and the jobs are there together. */
		async plan(
			nouns: Nouns,
			of: OfOriginal,
			renditions: readonly { kind: RenditionKind; isReady: boolean; bitsPerSecond: number }[],
			owner: string
		): Promise<void> {
			await nouns.renditions.plan(
				of.trackId,
				renditions.map(({ kind, isReady, bitsPerSecond }) => ({
					kind,
					state: isReady ? 'ready' : 'waiting',
					bitsPerSecond
				}))
			);
			await measure(of, nouns, owner);
			for (const { kind, isReady } of renditions) {
				if (!isReady) await render(of, kind, nouns, owner);
			}
		},

		/** At start: tracks of a time before there was such work. */
		async restore(nouns: Nouns): Promise<void> {
			const unmeasured = await catalogue.measurements.withoutJob(MOST_AT_ONCE);
			for (const of of unmeasured) await measure(of, nouns);
			for (const { kind, ...of } of await catalogue.renditions.withoutJob(MOST_AT_ONCE)) {
				await render(of, kind, nouns);
			}
		}
	};
}
