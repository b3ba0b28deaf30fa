import { expect, test } from 'vitest';
import { planLibrary } from './catalogue.ts';
import { FORMATS } from './encoder.ts';

test('a larger library begins with the smaller one', () => {
	const titles = (tracks: number) =>
		planLibrary({ seed: 3, tracks }).flatMap((release) =>
			release.tracks.map(({ title, seed }) => `${release.title}/${title}/${seed}`)
		);

	expect(titles(40)).toHaveLength(40);
	expect(titles(300).slice(0, 40)).toEqual(titles(40));
});

test('forty tracks have something of everything', () => {
	const releases = planLibrary({ seed: 1, tracks: 40 });
	const tracks = releases.flatMap((release) => release.tracks);

	expect(new Set(tracks.map(({ format }) => format))).toEqual(new Set(Object.keys(FORMATS)));
	expect(releases.filter(({ isCompilation }) => isCompilation)).toHaveLength(1);
	expect(releases.filter(({ discs }) => discs === 2)).toHaveLength(1);
	expect(new Set(releases.map(({ coverLies }) => coverLies)).size).toBe(3);
	expect(Math.max(...tracks.map(({ seconds }) => seconds))).toBeGreaterThan(200);
	for (const script of [
		/\p{Script=Han}/u,
		/\p{Script=Arabic}/u,
		/\p{Script=Cyrillic}/u,
		/\p{Script=Greek}/u
	]) {
		expect(tracks.some(({ title, artist }) => script.test(title) && script.test(artist.name))).toBe(
			true
		);
	}
});

test('no two artists, titles or pieces are the same, and another seed is another library', () => {
	const releases = planLibrary({ seed: 1, tracks: 1_000 });
	const tracks = releases.flatMap((release) => release.tracks);

	expect(new Set(tracks.map(({ title }) => title)).size).toBe(1_000);
	expect(new Set(tracks.map(({ seed }) => seed)).size).toBe(1_000);
	const [first, other] = [1, 2].map((seed) => planLibrary({ seed, tracks: 40 }));
	expect(other?.map(({ title }) => title)).not.toEqual(first?.map(({ title }) => title));
});

test('a cover lies in the files only where their format has a place for it', () => {
	for (const { coverLies, tracks } of planLibrary({ seed: 5, tracks: 500 })) {
		if (coverLies !== 'embedded') continue;
		expect(tracks.every(({ format }) => FORMATS[format].embedsCover)).toBe(true);
	}
});
