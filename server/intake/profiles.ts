import type { Person } from '#contracts/account';
import type { ArtistChanges } from '#contracts/artist';
import { Problem } from '#contracts/problem';
import type { ReleaseChanges } from '#contracts/release';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { cleanText } from '../metadata.ts';

/** Control characters but line breaks, and what turns the direction of the words around it. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** What people say of an artist or of a release as a whole; of tracks they speak by their uploads. */
export function createProfiles({ catalogue }: { catalogue: Catalogue }) {
	return {
		/** @throws Problem not_found; forbidden unless it is this person's; name_taken */
		describeArtist: (person: Person, id: string, said: ArtistChanges): Promise<void> =>
			catalogue.transaction(async ({ artists, covers }) => {
				const profile = await artists.profileOf(id);
				if (!profile) throw new Problem('not_found');
				if (!(await artists.mayBeEditedBy(id, person))) throw new Problem('forbidden');
				if (said.name !== undefined) {
					const name = cleanText(said.name);
					if (name === null) throw new Problem('bad_request');
					profile.name = name;
				}
				if (said.text !== undefined) profile.text = cleanedText(said.text);
				if (said.links) {
					profile.links = said.links.map(({ label, url }) => ({
						label: cleanText(label) ?? '',
						url
					}));
				}
				if (said.pictureHash !== undefined && said.pictureHash !== profile.picture?.hash) {
					const { pictureHash: hash } = said;
					profile.picture = hash === null ? null : await covers.ofPerson(person.id, hash);
					if (hash !== null && !profile.picture) throw new Problem('bad_request');
				}
				if (!(await artists.describe(id, profile))) throw new Problem('name_taken');
			}),

		/** @throws Problem not_found unless it is there and this person's */
		async changeRelease(person: Person, id: string, { downloads }: ReleaseChanges): Promise<void> {
			const ownerId = await catalogue.uploadedReleases.ownerOf(id);
			const isOwn = person.role === 'owner' || person.id === ownerId;
			if (ownerId === null || !isOwn) throw new Problem('not_found');
			if (downloads !== undefined) await catalogue.uploadedReleases.allowDownloads(id, downloads);
		}
	};
}

/** Several lines, of which none is missing; null when nothing is left. */
function cleanedText(text: string | null): string | null {
	const lines = text
		?.toWellFormed()
		.split(/\r\n?|\n/)
		.map((line) => line.replace(UNSEEN, ' ').trimEnd())
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
	return lines ? lines : null;
}
