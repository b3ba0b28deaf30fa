import { expect, test } from 'vitest';
import { VARIOUS_ARTISTS } from '#contracts/compilation';
import {
	audienceOf,
	listRows,
	releaseName,
	shared,
	standingsOf,
	together,
	undoing,
	UploadReleases,
	type EditedTrack
} from './releases.ts';
import type { Tags, Upload } from './upload.ts';

const NO_TAGS: Tags = {
	title: null,
	artist: null,
	albumArtist: null,
	album: null,
	trackNumber: null,
	discNumber: null,
	genre: null,
	date: null
};

function upload(
	path: string,
	tags: Partial<Tags> | null = null,
	more: Partial<Upload> = {}
): Upload {
	return {
		key: path,
		name: path.split('/').at(-1) ?? path,
		path: path.includes('/') ? path : null,
		size: 100,
		state: { kind: 'waiting' },
		id: null,
		tags: tags && { ...NO_TAGS, ...tags },
		description: {},
		isPublic: false,
		...more
	};
}

const names = (uploads: readonly Upload[]) => uploads.map(({ name }) => name);
const of = (...all: Upload[]) => new UploadReleases().of(all);

test('a release is its artist and title, however they are spelt and wherever they lie', () => {
	const [release, ...others] = of(
		upload('a/1.flac', { albumArtist: 'Ada Lind', album: 'Coast' }),
		upload('b/2.flac', { albumArtist: 'ADA  LIND', album: 'coast ' })
	);

	expect(others).toEqual([]);
	expect(release).toMatchObject({ title: 'Coast', artist: 'Ada Lind', tracks: 2 });
});

test('the same title by two artists is two releases', () => {
	expect(
		of(
			upload('a/1.flac', { albumArtist: 'Ada', album: 'Live' }),
			upload('a/2.flac', { albumArtist: 'Bo', album: 'Live' })
		)
	).toHaveLength(2);
});

test('discs of one folder are one release', () => {
	const releases = of(
		upload('Box/CD 2/1.flac', { album: 'Box', trackNumber: 1 }),
		upload('Box/CD 1/1.flac', { album: 'Box', trackNumber: 1 }),
		upload('Box/Disc_3/1.flac', { album: 'Box', trackNumber: 1 })
	);

	expect(releases).toHaveLength(1);
	expect(releases[0]?.uploads.map(({ path }) => path)).toEqual([
		'Box/CD 1/1.flac',
		'Box/CD 2/1.flac',
		'Box/Disc_3/1.flac'
	]);
});

test('a folder that is only called like a disc keeps its name', () => {
	expect(of(upload('CD 1/1.flac'))[0]).toMatchObject({ title: null, folder: 'CD 1' });
});

test('a cover and files that are not read yet go with the one release of their folder', () => {
	const [release, ...others] = of(
		upload('a/cover.jpg'),
		upload('a/1.flac', { albumArtist: 'Ada', album: 'Coast' }),
		upload('a/2.flac')
	);

	expect(others).toEqual([]);
	expect(names(release?.uploads ?? [])).toEqual(['1.flac', '2.flac', 'cover.jpg']);
	expect(release?.tracks).toBe(2);
});

// was: the page showed them on the release that the folder has, and the portal made another one, 2026-11-22
test('files without tags are a release by their folder’s name, as the portal has it', () => {
	const coast = { album: 'Coast' };
	const releases = of(
		upload('2019 Coast/1.flac', coast),
		upload('2019 Coast/cover.jpg'),
		upload('2019 Coast/2.flac', {}),
		upload('2019 Coast/3.flac', {})
	);
	expect(releases.map(({ title, folder, tracks }) => [title ?? folder, tracks])).toEqual([
		['Coast', 1],
		['2019 Coast', 2]
	]);

	// Of the folder’s own name it is the same release there.
	expect(of(upload('Coast/1.flac', coast), upload('Coast/2.flac', {}))).toHaveLength(1);
});

// was: the page kept it with its folder under the folder’s name, and the portal had it on no release, 2026-11-22
test('of which somebody says that it is on no release stands alone, as the portal has it', () => {
	const off = { description: { album: null } };
	const releases = of(
		upload('Coast/1.flac', { album: 'Coast' }),
		upload('Coast/2.flac', { album: 'Coast' }, off),
		upload('Hills/1.flac', null, off)
	);

	expect(releases.map((release) => [releaseName(release), release.tracks])).toEqual([
		['Coast', 1],
		['Single tracks', 2]
	]);
});

test('whose release it is follows from all of its tracks, as on the portal', () => {
	const coast = { album: 'Coast' };
	const ada = upload('a/1.flac', { ...coast, artist: 'Ada feat. Cleo' });
	const elsewhere = upload('b/2.flac', { ...coast, albumArtist: 'Áda' });

	// One by Ada alone is hers, wherever the rest of it lies.
	expect(of(ada, elsewhere)).toHaveLength(1);
	expect(of(ada, upload('a/2.flac', { ...coast, artist: 'Bo' }), elsewhere)).toHaveLength(2);
	// Without a folder nothing holds two artists together.
	expect(
		of(upload('1.flac', { ...coast, artist: 'Ada' }), upload('2.flac', { ...coast, artist: 'Bo' }))
	).toHaveLength(2);
});

test('folders of one name are two releases while their files are not read', () => {
	expect(of(upload('2019/Demos/1.flac'), upload('2020/Demos/1.flac'))).toHaveLength(2);
});

test('no file is lost, whichever of a folder are read', () => {
	const all = [
		upload('a/1.flac', {}),
		upload('a/2.flac', { album: 'Coast' }),
		upload('a/3.flac'),
		upload('a/cover.jpg')
	];

	expect(
		of(...all)
			.flatMap(({ uploads }) => names(uploads))
			.sort()
	).toEqual(names(all));
});

test('files are in the order of their names where no tag numbers them', () => {
	const [release] = of(upload('a/10 Ten.flac', {}), upload('a/02 Two.flac', {}));

	expect(names(release?.uploads ?? [])).toEqual(['02 Two.flac', '10 Ten.flac']);
});

test('where a folder holds several releases, files without tags stay by themselves', () => {
	const releases = of(
		upload('a/1.flac', { albumArtist: 'Ada', album: 'Coast' }),
		upload('a/2.flac', { albumArtist: 'Ada', album: 'Hills' }),
		upload('a/3.flac')
	);

	expect(releases.map(({ title, folder }) => title ?? folder)).toEqual(['Coast', 'Hills', 'a']);
});

test('files that came alone are single tracks and have no various artist', () => {
	const [singles] = of(upload('1.mp3', { artist: 'Ada' }), upload('2.mp3', { artist: 'Bo' }));

	expect(singles).toMatchObject({ title: null, folder: null, artist: null, tracks: 2 });
});

test('the artist is the one they have in common, or various ones', () => {
	const coast = { album: 'Coast' };

	expect(of(upload('a/1', { ...coast, artist: 'Ada' }), upload('a/2', coast))[0]?.artist).toBe(
		'Ada'
	);
	expect(
		of(upload('a/1', { ...coast, artist: 'Ada' }), upload('a/2', { ...coast, artist: 'Bo' }))[0]
			?.artist
	).toBe(VARIOUS_ARTISTS);
	expect(of(upload('a/1', coast))[0]?.artist).toBe(null);
});

test('what a person said goes before the tags, also when it is that there is nothing', () => {
	const tags = { albumArtist: 'Ada', album: 'Tpyo' };

	expect(of(upload('a/1', tags, { description: { album: 'Coast' } }))[0]?.title).toBe('Coast');
	expect(of(upload('a/1', tags, { description: { album: null } }))[0]?.title).toBe(null);
});

test('tracks stand by disc and number; without all numbers, as they came', () => {
	const track = (n: number | null, disc: number | null = null) =>
		upload(`a/${disc}-${n}.flac`, { album: 'Coast', trackNumber: n, discNumber: disc });

	expect(names(of(track(2, 2), track(1, 2), track(10, 1), track(9, 1))[0]?.uploads ?? [])).toEqual([
		'1-9.flac',
		'1-10.flac',
		'2-1.flac',
		'2-2.flac'
	]);
	expect(names(of(track(2), track(null), track(1))[0]?.uploads ?? [])).toEqual([
		'null-2.flac',
		'null-null.flac',
		'null-1.flac'
	]);
});

test('what happened to the files is counted', () => {
	const at = (path: string, state: Upload['state'], more: Partial<Upload> = {}) =>
		upload(path, null, { state, ...more });
	const [release] = of(
		at('a/1.flac', { kind: 'ready', trackId: 't' }, { isPublic: true }),
		at('a/2.flac', { kind: 'duplicate', trackId: 't' }),
		at(
			'a/3.flac',
			{ kind: 'sending', sent: 40 },
			{ isPublic: true, description: { visibility: 'draft' } }
		),
		at('a/4.flac', { kind: 'failed', code: 'no_sound' }),
		at('a/5.flac', { kind: 'cancelled' }),
		at('a/cover.jpg', { kind: 'waiting' })
	);

	expect(release).toMatchObject({
		tracks: 3,
		added: 2,
		duplicates: 1,
		// Of the duplicate nothing is known here.
		drafts: 0,
		kept: 1,
		failed: 1,
		unsent: 2,
		size: 400,
		sent: 240,
		isOver: false
	});
});

test('a release of which nothing changed is the same object', () => {
	const releases = new UploadReleases();
	const [one, two] = [upload('a/1'), upload('b/1')];
	const [first, second] = releases.of([one, two]);

	const [firstAgain, secondAgain] = releases.of([
		one,
		{ ...two, state: { kind: 'sending', sent: 1 } }
	]);

	expect(firstAgain).toBe(first);
	expect(secondAgain).not.toBe(second);
	expect(secondAgain?.sent).toBe(1);
});

test('ten thousand files are grouped often enough without anybody noticing', () => {
	const all = Array.from({ length: 10_000 }, (_, at) =>
		upload(`r${at % 500}/${at}.flac`, { album: `R${at % 500}`, trackNumber: 10_000 - at })
	);
	const releases = new UploadReleases();
	releases.of(all);
	const before = performance.now();

	for (let beat = 0; beat < 4; beat += 1) {
		all[beat] = { ...all[beat]!, state: { kind: 'sending', sent: beat } };
		expect(releases.of(all)).toHaveLength(500);
	}

	// A second holds four beats; this much of it is far more than they take.
	expect(performance.now() - before).toBeLessThan(500);
});

test('of a folded release only its head is listed', () => {
	const releases = of(upload('a/1'), upload('b/1'), upload('b/2'));
	const folded = new Set([releases[1]?.key ?? '']);

	expect(listRows(releases, folded).map(({ kind }) => kind)).toEqual([
		'release',
		'upload',
		'release'
	]);
});

test('the headline counts what is still to be sent, what plays and what is a draft', () => {
	const at = (path: string, state: Upload['state'], more: Partial<Upload> = {}) =>
		upload(path, null, { state, ...more });

	expect(
		standingsOf([
			at('1.mp3', { kind: 'waiting' }),
			at('2.mp3', { kind: 'paused', sent: 1 }, { isPublic: true }),
			at('3.mp3', { kind: 'ready', trackId: 't' }, { description: { visibility: 'draft' } }),
			at('4.mp3', { kind: 'duplicate', trackId: 't' }),
			at('cover.jpg', { kind: 'ready', trackId: null }),
			at('5.mp3', { kind: 'cancelled' })
		])
	).toEqual({
		...{ unsent: 2, paused: 1, added: 2, duplicates: 1, finished: 4 },
		...{ drafts: 1, undecided: 1, compared: 0 }
	});
});

test('what may be here already is no draft that is counted, until that is known', () => {
	const known = { id: 'known' };
	const all = [
		upload('a/1.mp3', null, { state: { kind: 'waiting', isCompared: true }, ...known }),
		upload('a/2.mp3', null, { state: { kind: 'waiting' }, id: null }),
		upload('a/3.mp3', null, { state: { kind: 'waiting' }, ...known })
	];

	expect(standingsOf(all)).toMatchObject({ unsent: 3, drafts: 3, undecided: 2, compared: 1 });
	expect(of(...all)).toMatchObject([{ drafts: 3, compared: 1 }]);
});

const edited = (key: string, facts: Partial<Tags>): EditedTrack => ({
	key,
	file: key,
	facts: { ...NO_TAGS, ...facts },
	isPublished: false,
	visibility: 'public'
});

test('a field of a release is what its tracks have in common', () => {
	const tracks = [
		edited('a', { genre: 'Folk', date: '1999' }),
		edited('b', { genre: 'Folk', date: '2001' }),
		edited('without tags', {})
	];

	expect(shared(tracks, 'genre')).toEqual({ value: 'Folk', differs: false });
	expect(shared(tracks, 'date')).toEqual({ value: null, differs: true });
	expect(shared(tracks, 'album')).toEqual({ value: null, differs: false });
});

test('a change is undone by saying what was there, also when it was nothing', () => {
	const tracks = [edited('a', { artist: 'Ada' }), edited('b', {})];
	const description = { artist: 'Bo', visibility: 'draft' } as const;

	expect(
		undoing(
			[
				{ key: 'a', description },
				{ key: 'b', description }
			],
			tracks
		)
	).toEqual([
		{ key: 'a', description: { artist: 'Ada', visibility: 'public' } },
		{ key: 'b', description: { artist: null, visibility: 'public' } }
	]);
});

test('what was unlisted is unlisted again when keeping it back is undone', () => {
	const track: EditedTrack = { ...edited('a', {}), isPublished: true, visibility: 'unlisted' };

	expect(undoing([{ key: 'a', description: { visibility: 'draft' } }], [track])).toEqual([
		{ key: 'a', description: { visibility: 'unlisted' } }
	]);
});

test('who hears a release is said by its published tracks that are not kept back', () => {
	const track = (isPublished: boolean, visibility: EditedTrack['visibility']) => ({
		...edited('a', {}),
		...{ isPublished, visibility }
	});

	expect(audienceOf([track(false, 'public'), track(false, 'draft')])).toBe('draft');
	expect(audienceOf([track(true, 'unlisted'), track(true, 'draft')])).toBe('unlisted');
	expect(audienceOf([track(true, 'unlisted'), track(true, 'public')])).toBe('mixed');
	expect(audienceOf([track(true, 'public'), track(false, 'public')])).toBe('mixed');
});

test('what is said of several tracks alike is said once', () => {
	expect(
		together([
			{ key: 'a', description: { genre: 'Folk' } },
			{ key: 'b', description: { genre: 'Jazz' } },
			{ key: 'c', description: { genre: 'Folk' } }
		])
	).toEqual([
		{ keys: ['a', 'c'], description: { genre: 'Folk' } },
		{ keys: ['b'], description: { genre: 'Jazz' } }
	]);
});
