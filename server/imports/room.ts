import type { Spaces } from '../accounts/space.ts';
import { SourceError } from './source-error.ts';

/** A person's bytes are summed up this often at most; in between what came is taken off. */
const REMEMBER_MS = 30_000;

interface RoomOptions {
	spaces: Pick<Spaces, 'free' | 'leftFor'>;
	now?: () => number;
}

/**
 * Whether there is room for so many bytes of a person: what was promised to uploads is theirs.
 * @throws SourceError disk_full, quota_exceeded
 */
export function createRoom({ spaces, now = Date.now }: RoomOptions) {
	const lefts = new Map<string, { at: number; bytes: number }>();

	async function leftFor(personId: string): Promise<{ at: number; bytes: number }> {
		const known = lefts.get(personId);
		if (known && now() - known.at < REMEMBER_MS) return known;
		const left = { at: now(), bytes: await spaces.leftFor(personId) };
		lefts.set(personId, left);
		return left;
	}

	return async (personId: string, bytes: number): Promise<void> => {
		const free = await spaces.free();
		if (bytes > free || free < 0) throw new SourceError('disk_full', 'later');
		const left = await leftFor(personId);
		if (bytes > left.bytes) throw new SourceError('quota_exceeded', 'item');
		left.bytes -= bytes;
	};
}
