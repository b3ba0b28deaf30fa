import type { Space } from '#contracts/space';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Storage } from '../storage/storage.ts';

interface SpaceOptions {
	catalogue: Pick<Catalogue, 'quota'>;
	storage: Pick<Storage, 'freeBytes'>;
	/** For everybody who has none of their own, in bytes; null for no limit. */
	quotaBytes: number | null;
	/** So much of the disk is nobody's. */
	reserveBytes: number;
}

export type Spaces = ReturnType<typeof createSpaces>;

/** Who has how much room, and how much of it is taken. */
export function createSpaces({ catalogue, storage, quotaBytes, reserveBytes }: SpaceOptions) {
	async function of(personId: string): Promise<Space> {
		const used = (await catalogue.quota.usedBy([personId])).get(personId);
		const quota = (await catalogue.quota.of(personId)) ?? quotaBytes;
		return { ...(used ?? { originals: 0, earlier: 0, bin: 0, incoming: 0 }), quota };
	}

	return {
		quotaBytes,
		of,

		/** Bytes of the disk that may still be promised: what was promised is not free, though it is not written yet. */
		free: async (): Promise<number> =>
			(await storage.freeBytes()) - reserveBytes - (await catalogue.quota.promised()),

		/** Bytes that this person may still bring: what is kept counts, and what was promised room. */
		async leftFor(personId: string): Promise<number> {
			const { quota, originals, earlier, bin, incoming } = await of(personId);
			return quota === null ? Infinity : quota - originals - earlier - bin - incoming;
		}
	};
}
