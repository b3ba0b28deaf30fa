import { link } from 'node:fs/promises';
import path from 'node:path';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Sound, Workshop } from '../media/workshop.ts';
import type { Storage } from '../storage/storage.ts';

/** An original in a private folder, where it is the only file. */
export interface AtHand {
	file: string;
	sound: Sound;
	/** A name beside it for what is made. */
	beside: (name: string) => string;
}

/**
 * Takes a stored original out to work on it, and asks what is in it where that is not known yet.
 * @throws NotPlayable when there is nothing to hear in it
 */
export async function withOriginal<T>(
	{ storage, workshop }: { storage: Storage; workshop: Pick<Workshop, 'sniff' | 'probe'> },
	{ sha256, signal, ...known }: { sha256: string; signal: AbortSignal; sound?: Sound | undefined },
	work: (original: AtHand) => Promise<T>
): Promise<T> {
	const { folder, release } = await storage.scratch();
	const file = path.join(folder, 'input');
	try {
		await link(storage.absolute(storage.originalPath(sha256)), file);
		const sound = known.sound ?? (await probed());
		return await work({ file, sound, beside: (name) => path.join(folder, name) });
	} finally {
		await release();
	}

	async function probed() {
		const sniffed = await workshop.sniff(file);
		if (sniffed?.kind !== 'audio') throw new Error(`original ${sha256} is no sound`);
		return workshop.probe(file, sniffed.demuxer, signal);
	}
}

/** Its track may have been erased, or given another original, while something was made of it. */
export async function leaveNothing(
	{ originals, looseFiles }: Pick<Catalogue, 'originals' | 'looseFiles'>,
	{ trackId, sha256 }: { trackId: string; sha256: string }
): Promise<void> {
	if ((await originals.ofTrack(trackId))?.sha256 === sha256) return;
	await looseFiles.add([{ kind: 'original', hash: sha256 }]);
}
