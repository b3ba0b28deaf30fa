import { expect, test } from 'vitest';
import { chaptersInJson, chaptersInNotes, secondsOf, tidyChapters } from './chapters.ts';

const at = (startSeconds: number, title: string) => ({ startSeconds, title });

test('times are read as people and Podlove write them', () => {
	const times = ['00:00', '75:30', '1:02:03.5', '123.25', '0:60', '1:2:3', 'soon', '-1'];

	expect(times.map(secondsOf)).toEqual([0, 4530, 3723.5, 123.25, null, null, null, null]);
});

test('lines of show notes that begin with a time are chapters', () => {
	const plain = 'Today:\n00:00 Intro\n(01:30) - The <b>sea</b>\n[1:00:00] End\nThanks!';
	const html =
		'<p>Hello</p><ul><li>0:00–4:59 Intro</li><li>05:00 | Sea &lt;3</li></ul><p>09:00</p>';

	expect(chaptersInNotes(plain)).toEqual([at(0, 'Intro'), at(90, 'The sea'), at(3600, 'End')]);
	expect(chaptersInNotes(html)).toEqual([at(0, 'Intro'), at(300, 'Sea &lt;3')]);
});

test('a time of day is no chapter, and neither are times that go back', () => {
	expect(chaptersInNotes('20:00 Doors open')).toEqual([]);
	expect(chaptersInNotes('20:00 Doors\n19:00 Soundcheck')).toEqual([]);
});

test('notes that are meant to be slow end, with no chapters', () => {
	// Looked at once for each of its parts, any of them takes twice as long as a test may.
	const slow = ['<'.repeat(1e6), '- '.repeat(1e6), '[00:00'.repeat(1e6)];

	expect(slow.map(chaptersInNotes)).toEqual([[], [], []]);
});

test('JSON chapters are read without what is not for lists, and rubbish is none', () => {
	const chapters = [
		...[
			{ startTime: 60, title: ' Two\n' },
			{ startTime: 0, title: '<img src=x onerror=x>' }
		],
		...[{ startTime: 30, title: 'Ad', toc: false }, { startTime: 'x', title: 'No' }, null],
		...[{ startTime: -1, title: 'Before' }, { startTime: 1e300, title: 'Never' }, { startTime: 5 }]
	];

	expect(chaptersInJson(JSON.stringify({ version: '1.2.0', chapters }))).toEqual([
		...[at(0, '<img src=x onerror=x>'), at(60, 'Two')]
	]);
	for (const rubbish of ['<h1>', 'null', '[]', '{"chapters":{}}']) {
		expect(chaptersInJson(rubbish)).toEqual([]);
	}
});

test('however many are said, a track has at most so many as it can show', () => {
	const many = Array.from({ length: 2_000 }, (_, n) => at(2_000 - n, 'x'.repeat(999)));
	const tidy = tidyChapters(many);

	expect(tidy).toHaveLength(500);
	expect(tidy[0]).toEqual(at(1, 'x'.repeat(200)));
});
