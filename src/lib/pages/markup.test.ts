import { expect, test } from 'vitest';
import { playableAt } from './addresses.ts';
import { rss } from './feed.ts';
import { escaped, inlineJson } from './markup.ts';
import type { Track } from '#contracts/track';

test('a title ends no tag, in text and in data', () => {
	const title = `</script><script>alert("1")</script> & 'so on'\u0007\ud800`;
	expect(escaped(title)).toBe(
		'&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &apos;so on&apos;'
	);
	expect(inlineJson({ title })).not.toMatch(/[<>&]/);
	expect(JSON.parse(inlineJson({ title: '</script>\u2028&' }))).toEqual({
		title: '</script>\u2028&'
	});
});

test('an address names a track or a release of this portal, or nothing', () => {
	const hosts = ['music.example'];
	const at = (address: string) => playableAt(address, hosts);
	expect(at('https://music.example/tracks/low-tide-1')).toEqual({
		kind: 'tracks',
		slug: 'low-tide-1'
	});
	expect(at('https://music.example/embed/releases/m%C3%A9r?x=1#y')).toEqual({
		kind: 'releases',
		slug: 'mér'
	});
	for (const address of [
		'https://other.example/tracks/low-tide',
		'https://music.example/artists/ada',
		'https://music.example/tracks/a/b',
		'https://music.example/tracks/%ff',
		'javascript:alert(1)//music.example/tracks/a',
		'tracks/a',
		''
	]) {
		expect(at(address), address).toBeNull();
	}
});

test('a feed is XML whatever its titles are', () => {
	const track = {
		id: 'a1',
		slug: 'tide & ebb',
		title: ']]> <b>Tide</b> & Ebb\u0000',
		artist: 'Ada "A" <x>',
		release: null,
		year: 2020,
		genre: 'R&B',
		durationSeconds: 61.4,
		createdAt: '2026-11-21T10:00:00.000Z',
		coverUrl: '/media/covers/aa/512.webp'
	} as Track;
	const xml = rss({
		artist: { slug: 'ada', name: 'Ada "A" <x>', text: null },
		items: [{ track, enclosure: { url: '/media/tracks/a1/stream', bytes: 5, type: 'audio/mpeg' } }],
		site: 'https://music.example'
	});
	expect(xml).toContain('<title>]]&gt; &lt;b&gt;Tide&lt;/b&gt; &amp; Ebb</title>');
	expect(xml).toContain('<link>https://music.example/tracks/tide%20%26%20ebb</link>');
	expect(xml).toContain('<guid isPermaLink="false">a1</guid>');
	expect(xml).toContain('<pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>');
	expect(xml).toContain('<itunes:duration>61</itunes:duration>');
	expect(xml).toContain('href="https://music.example/media/covers/aa/1024.jpg"');
});
