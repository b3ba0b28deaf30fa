import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { SameLength } from '../catalogue/originals.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import { nameKey } from '../folding.ts';
import { NO_METADATA, type Metadata } from '../metadata.ts';
import { isBetter } from '../quality.ts';
import { described, type Described } from './description.ts';
import type { Drafts, FoundMusic } from './drafts.ts';

/** Encoders pad, and headers round. */
const SAME_LENGTH_MS = 1_000;

interface VersionsOptions {
	catalogue: Pick<Catalogue, 'people' | 'originals' | 'uploads'>;
	drafts: Pick<Drafts, 'redescribe'>;
	now?: () => number;
}

export type Versions = ReturnType<typeof createVersions>;

/** One song that somebody has in several formats is one track, with the best of them as its original. */
export function createVersions({ catalogue, drafts, now = Date.now }: VersionsOptions) {
	return {
		/**
		 * Tracks of the same person that may be this song: as long, and called the same, by their tags or by what was
		 * said of them. Only their sound says for sure. A file of which nobody says what it is stays by itself: a name like
		 * `track01` is nobody's.
		 */
		async candidates(
			upload: StoredUpload,
			{ tags, durationMs }: Pick<FoundMusic, 'tags' | 'durationMs'>
		): Promise<SameLength[]> {
			const said = { ...tags, ...upload.description };
			if (!said.title || !(said.artist ?? said.albumArtist)) return [];
			const name = (await catalogue.people.byId(upload.personId))?.name ?? '';
			const called = bothNamesOf({ ...upload, tags }, name);
			const names = called.map(nameIn);
			const asLong = await catalogue.originals.asLong(upload.personId, {
				from: durationMs - SAME_LENGTH_MS,
				to: durationMs + SAME_LENGTH_MS,
				titles: called.map(({ title }) => title)
			});
			const others = asLong.filter(({ uploadId }) => uploadId !== upload.id);
			const candidates: SameLength[] = [];
			for (const track of others) {
				const first = await catalogue.uploads.byId(track.uploadId);
				if (first && bothNamesOf(first, name).some((each) => names.includes(nameIn(each)))) {
					candidates.push(track);
				}
			}
			return candidates;
		},

		isBetter,

		/**
		 * Gives a track a better original, in the transaction that ends the upload which brought it. The track keeps its
		 * id, its address and whatever its artist said; new tags go over old ones, where they say something, unless it
		 * keeps those it has.
		 */
		async improve(
			nouns: Nouns,
			{
				track,
				uploadId,
				music,
				keepsTags = false
			}: { track: SameLength; uploadId: string; music: FoundMusic; keepsTags?: boolean }
		): Promise<{ id: string; isPublic: boolean }> {
			const [first, upload] = [
				await nouns.uploads.byId(track.uploadId),
				await nouns.uploads.byId(uploadId)
			];
			if (!first || !upload) throw new Error(`upload ${uploadId} is gone`);
			const tags = keepsTags && first.tags ? first.tags : laidOver(first.tags, music.tags);
			await nouns.uploads.keepTags(uploadId, tags);
			if (keepsTags) await nouns.uploads.standFor(uploadId, first);
			if (first.description || upload.description) {
				// What an import says of a file does not go over what its artist said meanwhile.
				const isBrought = upload.key.startsWith('import:');
				const [below, above] = isBrought ? [upload, first] : [first, upload];
				await nouns.uploads.describe(uploadId, { ...below.description, ...above.description });
			}
			// What is public does not hide because somebody sends a better file.
			if (first.publish && !upload.publish) await nouns.uploads.publish(uploadId, true);
			await nouns.originals.improve(track.id, { ...music, uploadId, now: now() });
			const isPublic = await drafts.redescribe(nouns, uploadId, music.cover);
			return { id: track.id, isPublic };
		}
	};
}

/** What it is called by its tags, and by what its person says. */
function bothNamesOf(
	upload: Pick<StoredUpload, 'name' | 'path' | 'tags' | 'description'>,
	personName: string
): Described[] {
	return [described({ ...upload, description: null }, personName), described(upload, personName)];
}

function nameIn({ title, artist, belonging, discNumber, trackNumber }: Described): string {
	const album = belonging.kind === 'alone' ? '' : belonging.album;
	const words = [title, artist, album].map(nameKey);
	return JSON.stringify([...words, discNumber ?? 1, trackNumber ?? 0]);
}

function laidOver(before: Metadata | null, tags: Metadata): Metadata {
	const said = Object.entries(tags).filter(([, value]) => value !== null);
	return { ...NO_METADATA, ...before, ...Object.fromEntries(said) };
}
