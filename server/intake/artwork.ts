import { albumFolder } from '#contracts/compilation';
import type { Nouns } from '../catalogue/catalogue.ts';
import type { KeptCover } from '../catalogue/kept-cover.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import { folderOf } from '../metadata.ts';

/*
 * Which pictures a track and its release bear: what is said of the cover goes before what their files bring, and a
 * release shows one picture, not many.
 */

/** Null for none; undefined when nothing is said, or it names a picture that is not this person's. */
export type SaidCover = KeptCover | null | undefined;

export async function saidCover(nouns: Nouns, upload: StoredUpload): Promise<SaidCover> {
	const hash = upload.description?.cover;
	if (hash === undefined || hash === null) return hash;
	return (await nouns.covers.ofPerson(upload.personId, hash)) ?? undefined;
}

/**
 * What the track itself bears.
 * @param at.has what it has already, or its file brings
 * @param at.isAlone whether there is no release to bear what is said
 */
export async function trackCover(
	nouns: Nouns,
	upload: StoredUpload,
	{ said, has, isAlone }: { said: SaidCover; has: KeptCover | null; isAlone: boolean }
): Promise<KeptCover | null> {
	if (said !== undefined) return isAlone ? said : null;
	return has ?? (await ownPicture(nouns, upload));
}

/** For the track alone, where its file brings none. */
async function ownPicture(nouns: Nouns, { personId, description }: StoredUpload) {
	const hash = description?.picture ?? null;
	return hash === null ? null : nouns.covers.ofPerson(personId, hash);
}

/** A release that a new track comes to bears what is said, or keeps its own, or takes what the track brings. */
export async function coverWithNew(
	nouns: Nouns,
	releaseId: string,
	{ upload, said, embedded }: { upload: StoredUpload; said: SaidCover; embedded: KeptCover | null }
): Promise<void> {
	if (said === null) return;
	if (said) return nouns.uploadedReleases.setCover(releaseId, said);
	if (embedded) await nouns.uploadedReleases.setCoverIfNone(releaseId, embedded);
	else if (await hasPictureBeside(nouns, upload)) {
		await paintFromFolders(nouns, { ownerId: upload.personId, releaseId });
	}
}

/** A cover that is said now repaints the release; else a release keeps its own, or takes what its tracks bring. */
export async function coverWithMoved(
	nouns: Nouns,
	releaseId: string,
	{ said, isSaidNow }: { said: SaidCover; isSaidNow: boolean }
): Promise<void> {
	if (isSaidNow && said !== undefined) await nouns.uploadedReleases.setCover(releaseId, said);
	else if (said) await nouns.uploadedReleases.setCoverIfNone(releaseId, said);
}

/** A picture that lies beside music: of the releases of its folder, those that are here and those that come. */
export async function placePicture(
	nouns: Nouns,
	{ personId: ownerId, name, size }: StoredUpload,
	{ folder, cover }: { folder: string; cover: KeptCover }
): Promise<void> {
	const replaced = await nouns.folderCovers.place(ownerId, folder, { name, size, cover });
	if (replaced === undefined) return;
	for (const releaseId of await nouns.folderCovers.releasesOf(ownerId, folder)) {
		await paintFromFolders(nouns, { ownerId, releaseId }, replaced);
	}
}

/**
 * A release whose cover comes from nowhere else shows the picture that lies beside most of its tracks, in whatever order
 * pictures and tracks came.
 * @param replaced a picture that another one of its folder goes before from now on
 */
async function paintFromFolders(
	nouns: Nouns,
	{ ownerId, releaseId }: { ownerId: string; releaseId: string },
	replaced: string | null = null
) {
	const { folderCovers, uploadedReleases, uploads } = nouns;
	const shown = await uploadedReleases.coverOf(releaseId);
	if (shown) {
		const isOfFolder = shown.hash === replaced || (await folderCovers.has(ownerId, shown.hash));
		if (!isOfFolder || (await uploads.isCoverSaid(ownerId, shown.hash))) return;
	}
	const best = await folderCovers.bestFor(ownerId, releaseId);
	if (best && best.hash !== shown?.hash) await uploadedReleases.setCover(releaseId, best);
}

/** In its own folder, or above the folders of the discs. */
async function hasPictureBeside(nouns: Nouns, { personId, path }: StoredUpload) {
	const folder = folderOf(path);
	if (folder === null) return false;
	const folders = new Set([folder, albumFolder(path).folder]);
	for (const each of folders) if (await nouns.folderCovers.of(personId, each)) return true;
	return false;
}
