import type { Space } from '#contracts/space';
import type { Catalogue } from '../catalogue/catalogue.ts';

interface SpaceOptions {
	catalogue: Pick<Catalogue, 'quota'>;
	/** For everybody who has none of their own, in bytes; null for no limit. */
	quotaBytes: number | null;
}

export type Spaces = ReturnType<typeof createSpaces>;

/** Who has how much room, and how much of it is taken. */
export function createSpaces({ catalogue, quotaBytes }: SpaceOptions) {
	return {
		quotaBytes,

		of: async (personId: string): Promise<Space> => {
			const used = (await catalogue.quota.usedBy([personId])).get(personId);
			const quota = (await catalogue.quota.of(personId)) ?? quotaBytes;
			return { ...(used ?? { originals: 0, earlier: 0, bin: 0, incoming: 0 }), quota };
		}
	};
}
