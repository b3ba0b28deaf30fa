import type { Nouns } from '../catalogue/catalogue.ts';

/**
 * A release whose cover comes from nowhere else shows the picture that lies beside most of its tracks, in whatever order
 * pictures and tracks came.
 * @param replaced a picture that another one of its folder goes before from now on
 */
export async function paintFromFolders(
	nouns: Nouns,
	{ ownerId, releaseId }: { ownerId: string; releaseId: string },
	replaced: string | null = null
): Promise<void> {
	const { folderCovers, uploadedReleases } = nouns;
	const shown = await uploadedReleases.coverOf(releaseId);
	if (shown) {
		const isOfFolder = shown.hash === replaced || (await folderCovers.has(ownerId, shown.hash));
		if (!isOfFolder || (await nouns.uploads.isCoverSaid(ownerId, shown.hash))) return;
	}
	const best = await folderCovers.bestFor(ownerId, releaseId);
	if (best && best.hash !== shown?.hash) await uploadedReleases.setCover(releaseId, best);
}
