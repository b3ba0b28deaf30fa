import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Storage } from '../storage/storage.ts';
import { SourceError } from './source.ts';

/** A person's bytes are summed up this often at most; in between what came is added. */
const REMEMBER_MS = 30_000;

interface RoomOptions {
	catalogue: Pick<Catalogue, 'uploads'>;
	storage: Pick<Storage, 'freeBytes'>;
	limits: { quotaBytes: number | null; reserveBytes: number };
	now?: () => number;
}

/**
 * Whether there is room for so many bytes of a person: what was promised to uploads is theirs.
 * @throws SourceError disk_full, quota_exceeded
 */
export function createRoom({ catalogue, storage, limits, now = Date.now }: RoomOptions) {
	const sums = new Map<string, { at: number; bytes: number }>();

	async function kept(personId: string): Promise<{ at: number; bytes: number }> {
		const known = sums.get(personId);
		if (known && now() - known.at < REMEMBER_MS) return known;
		const sum = { at: now(), bytes: await catalogue.uploads.bytesOf(personId) };
		sums.set(personId, sum);
		return sum;
	}

	return async (personId: string, bytes: number): Promise<void> => {
		const promised = await catalogue.uploads.promisedBytes();
		const free = (await storage.freeBytes()) - limits.reserveBytes - promised;
		if (bytes > free || free < 0) throw new SourceError('disk_full', 'later');
		if (limits.quotaBytes === null) return;
		const sum = await kept(personId);
		if (sum.bytes + bytes > limits.quotaBytes) throw new SourceError('quota_exceeded', 'item');
		sum.bytes += bytes;
	};
}
