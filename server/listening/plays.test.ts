import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Person } from '#contracts/account';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { heatAfter } from '../catalogue/plays.ts';
import { addPerson, addTrack } from '../catalogue/sample-music.ts';
import { createPlays, networkOf } from './plays.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 21, 12);

let catalogue: Catalogue;
let plays: ReturnType<typeof createPlays>;
let now = NOON;
let artist: Person;
let fan: Person;

beforeAll(async () => {
	catalogue = await catalogueInMemory();
});
afterAll(() => catalogue.close());
beforeEach(async () => {
	now = NOON;
	plays = createPlays({ catalogue, now: () => now });
	artist = await addPerson(catalogue, 'artist');
	fan = await addPerson(catalogue, 'listener');
});

const song = (seconds = 200, visibility: 'public' | 'draft' = 'public') =>
	addTrack(catalogue, { owner: artist, seconds, visibility });
const from = (person: Person | null, peer = '192.0.2.1:40000', agent = 'Firefox') => ({
	...{ person, peer, agent }
});
const listen = (trackId: string, seconds: number, who = from(fan)) =>
	plays.record(who, { trackId, seconds, source: 'page' });
const counted = async (id: string) =>
	(await catalogue.plays.mostPlayed(100)).some((track) => track.id === id);

test('half a minute counts, and less does not', async () => {
	const id = await song();

	expect(await listen(id, 29)).toBe(false);
	expect(await counted(id)).toBe(false);
	expect(await listen(id, 30)).toBe(true);
	expect(await counted(id)).toBe(true);
});

test('of a short track half is enough', async () => {
	const id = await song(40);

	expect(await listen(id, 19)).toBe(false);
	expect(await listen(id, 20)).toBe(true);
});

test('nobody hears more of a track than there is', async () => {
	expect(await listen(await song(200), 240)).toBe(false);
});

test('nobody hears more than time has passed since what they heard before', async () => {
	const [first, second] = [await song(), await song()];
	await listen(first, 30);

	now += 20 * SECOND_MS;
	expect(await listen(second, 30)).toBe(false);
	now += 10 * SECOND_MS;
	expect(await listen(second, 30)).toBe(true);
});

test('one listener plays a track once in its length', async () => {
	const id = await song(200);
	await listen(id, 30);

	now += 100 * SECOND_MS;
	expect(await listen(id, 60)).toBe(false);
	now += 100 * SECOND_MS;
	expect(await listen(id, 60)).toBe(true);
});

test('the same listen reported twice at once counts once', async () => {
	const id = await song();

	const answers = await Promise.all([listen(id, 30), listen(id, 30), listen(id, 30)]);

	expect(answers.filter(Boolean)).toHaveLength(1);
});

test('artists’ own plays are in their history and in no figure', async () => {
	const id = await song();

	await listen(id, 30, from(artist));

	expect(await counted(id)).toBe(false);
	const { plays: history } = await catalogue.plays.history(artist, { limit: 9, cursor: null });
	expect(history.map(({ track }) => track.id)).toEqual([id]);
});

test('a draft has no plays, whoever hears it', async () => {
	const id = await song(200, 'draft');
	const owner = await addPerson(catalogue, 'owner');

	await expect(listen(id, 30)).rejects.toMatchObject({ code: 'not_found' });
	await listen(id, 30, from(owner));

	await catalogue.uploadedTracks.show(id, 'public');
	expect(await counted(id)).toBe(false);
});

test('who names another program each time adds ten plays a day from one address', async () => {
	const id = await song();

	const answers = [];
	for (let at = 0; at < 14; at++) {
		answers.push(await listen(id, 30, from(null, `192.0.2.1:${at}`, `Browser ${at}`)));
	}

	expect(answers.filter(Boolean)).toHaveLength(10);
});

test('robots and who says nothing of itself are not listeners', async () => {
	const id = await song();

	expect(await listen(id, 30, from(null, '192.0.2.1:1', 'Somebot/2.0'))).toBe(false);
	expect(await listen(id, 30, from(null, '192.0.2.1:1', ''))).toBe(false);
});

test('who reports without end is stopped', async () => {
	const id = await song();
	for (let at = 0; at < 300; at++) await listen(id, 1);

	await expect(listen(id, 1)).rejects.toMatchObject({ code: 'too_many_requests' });
	now += HOUR_MS;
	expect(await listen(id, 30)).toBe(true);
});

test('who keeps no history has none, and counts all the same', async () => {
	const id = await song();
	await catalogue.plays.keepHistory(fan.id, false);

	await listen(id, 30);

	expect(await counted(id)).toBe(true);
	const { plays: history } = await catalogue.plays.history(fan, { limit: 9, cursor: null });
	expect(history).toEqual([]);
});

test('a history that was cleared is empty, and the figures stay', async () => {
	const id = await song();
	await listen(id, 30);

	await catalogue.plays.clearHistory(fan.id);

	const { plays: history } = await catalogue.plays.history(fan, { limit: 9, cursor: null });
	expect(history).toEqual([]);
	expect(await counted(id)).toBe(true);
});

test('a release that was begun goes on with its next track, and one that was heard out does not', async () => {
	const tracks: string[] = [];
	for (let at = 0; at < 3; at++) tracks.push(await song());
	const { id: release } = await catalogue.uploadedReleases.findOrAdd(
		{
			ownerId: artist.id,
			artistId: (await catalogue.artists.findOrAdd(artist.name, 0)).id,
			title: `Low Water ${artist.id}`
		},
		0
	);
	for (const id of tracks) await catalogue.uploadedTracks.moveTo(id, release);
	const inOrder = await catalogue.tracks.byRelease(release, null, { limit: 9 });
	const goesOn = async () => (await catalogue.plays.continueOf(fan)).map(({ next }) => next.id);

	await listen(inOrder[0]?.id ?? '', 30);
	expect(await goesOn()).toEqual([inOrder[1]?.id]);
	const [begun] = await catalogue.plays.continueOf(fan);
	expect(begun).toMatchObject({ place: 2, afterIds: [inOrder[2]?.id], release: { trackCount: 3 } });
	now += HOUR_MS;
	await listen(inOrder[2]?.id ?? '', 30);

	expect(await goesOn()).toEqual([]);
	expect((await catalogue.plays.mostPlayedReleases(9)).map(({ id }) => id)).toContain(release);
});

test('a week later one new play weighs as much as two old ones', () => {
	const week = 7 * 24 * HOUR_MS;
	const twoOld = heatAfter(heatAfter(0, NOON), NOON);

	expect(heatAfter(0, NOON + week)).toBeCloseTo(twoOld);
	expect(heatAfter(0, NOON + week + HOUR_MS)).toBeGreaterThan(twoOld);
});

test.each([
	['192.0.2.1:40000', '192.0.2.1'],
	['192.0.2.1', '192.0.2.1'],
	['[2001:db8:1:2:3:4:5:6]:40000', '2001:db8:1:2'],
	['2001:db8::1', '2001:db8:0:0'],
	['', '']
])('the network of %s is %s', (peer, network) => {
	expect(networkOf(peer)).toBe(network);
});
