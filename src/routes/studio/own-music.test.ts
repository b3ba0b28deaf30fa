import { expect, test } from 'vitest';
import type { OwnMusicPage } from '#contracts/own-music';
import type { Track } from '#contracts/track';
import { OwnMusic } from './own-music.svelte.ts';

const page = (ids: string, next: string | null = null): OwnMusicPage => ({
	tracks: [...ids].map((id) => ({ id }) as Track),
	releases: [],
	next
});
const ids = ({ items }: OwnMusic) => items.map(({ id }) => id).join('');

test('it goes on page by page, and nothing stands twice', async () => {
	const pages: Record<string, OwnMusicPage> = { '2': page('bcd', '3'), '3': page('e') };
	const music = new OwnMusic(page('ab', '2'), async (cursor) => pages[cursor]!);

	await music.more();
	expect([ids(music), music.next]).toEqual(['abcd', '3']);
	await music.more();
	await music.more();
	expect([ids(music), music.next]).toEqual(['abcde', null]);
});

test('read again it stays as long as it was, and is never shorter on the way', async () => {
	const lengths: number[] = [];
	const music: OwnMusic = new OwnMusic(page('ab', '2'), async () => {
		lengths.push(music.items.length);
		return page('cd', '3');
	});
	await music.more();

	await music.renew(page('xa', '2'));

	expect(ids(music)).toBe('xacd');
	expect(lengths).toEqual([2, 4]);
});

test('of two beginnings the later counts, and a silent portal leaves what is there', async () => {
	let fail = false;
	const answers: ((page: OwnMusicPage) => void)[] = [];
	const music = new OwnMusic(page('ab', '2'), () =>
		fail
			? Promise.reject(new Error('no answer'))
			: new Promise<OwnMusicPage>((answer) => answers.push(answer))
	);
	const more = music.more();
	answers.shift()?.(page('cd', '3'));
	await more;

	const older = music.renew(page('xa', '2'));
	const later = music.renew(page('ya', '2'));
	answers[1]?.(page('cd', '3'));
	answers[0]?.(page('zw', '3'));
	await Promise.all([older, later]);
	expect(ids(music)).toBe('yacd');

	fail = true;
	await music.more();
	expect([ids(music), music.hasFailed, music.isLoading]).toEqual(['yacd', true, false]);
});
