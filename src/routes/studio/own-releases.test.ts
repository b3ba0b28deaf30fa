import { expect, test } from 'vitest';
import type { Release } from '#contracts/release';
import type { Track } from '#contracts/track';
import { ownReleases } from './own-releases.ts';

const track = (title: string, more: Partial<Track> = {}) =>
	({
		title,
		artist: 'Ada',
		release: 'Coast',
		releaseSlug: 'coast',
		discNumber: null,
		trackNumber: null,
		visibility: 'draft',
		...more
	}) as Track;

const alone = { release: null, releaseSlug: null };
const titles = (tracks: readonly Track[] | undefined) => tracks?.map(({ title }) => title);

test('tracks of a release stand together, in their order', () => {
	const { drafts } = ownReleases(
		[
			track('c', { trackNumber: 1, discNumber: 2 }),
			track('b', { trackNumber: 2 }),
			track('a', { trackNumber: 1 })
		],
		[{ slug: 'coast', artist: 'Ada and Bo', coverUrl: '/c.webp' } as Release]
	);

	expect(drafts).toHaveLength(1);
	expect(drafts[0]).toMatchObject({ title: 'Coast', artist: 'Ada and Bo', coverUrl: '/c.webp' });
	expect(titles(drafts[0]?.tracks)).toEqual(['a', 'b', 'c']);
});

test('a release with one draft is among the drafts, whole', () => {
	const { drafts, published } = ownReleases([track('a', { visibility: 'public' }), track('b')], []);

	expect(drafts[0]).toMatchObject({ drafts: 1, tracks: [{ title: 'a' }, { title: 'b' }] });
	expect(published).toEqual([]);
});

test('tracks that stand alone are drafts or public each by itself', () => {
	const { drafts, published } = ownReleases(
		[track('a', alone), track('b', { ...alone, visibility: 'public' })],
		[]
	);

	expect([titles(drafts[0]?.tracks), titles(published[0]?.tracks)]).toEqual([['a'], ['b']]);
	expect(drafts[0]).toMatchObject({ title: 'Single track', artist: null });
});
