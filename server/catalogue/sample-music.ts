import { randomBytes } from 'node:crypto';
import type { Person, Role } from '#contracts/account';
import type { Catalogue } from './catalogue.ts';

const random = () => randomBytes(8).toString('hex');

/** For tests: somebody who is like nobody else. */
export async function addPerson({ people }: Catalogue, role: Role): Promise<Person> {
	const name = `${role} ${random()}`;
	const email = `${random()}@portal.test`;
	const person = await people.add({ email, name, role, passwordHash: '', now: 0 });
	if (!person) throw new Error('there is somebody with this address');
	return person;
}

/** For tests: a track without a file. @returns its id */
export async function addTrack(
	{ artists, uploadedTracks }: Catalogue,
	{
		owner,
		seconds = 200,
		visibility = 'public',
		title = `Song ${random()}`,
		by = owner.name,
		now = 0
	}: {
		owner: Person;
		seconds?: number;
		visibility?: 'draft' | 'public';
		title?: string;
		by?: string;
		now?: number;
	}
): Promise<string> {
	const artist = await artists.findOrAdd(by, now);
	const sha256 = randomBytes(32).toString('hex');
	const { id } = await uploadedTracks.addOnce({
		...{ title, visibility, now },
		ownerId: owner.id,
		artistId: artist.id,
		gathering: null,
		leadId: null,
		discNumber: null,
		trackNumber: null,
		genre: null,
		date: null,
		cover: null,
		durationMs: seconds * 1000,
		original: {
			...{ sha256, size: 1, name: 'song.mp3', format: 'MP3', isLossless: false },
			...{ bitsPerSecond: 128_000, hertz: 44_100, depth: 0 }
		},
		stream: { path: `originals/${sha256}`, type: 'audio/mpeg' },
		musicbrainz: null,
		uploadId: random()
	});
	return id;
}
