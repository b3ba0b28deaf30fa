import { performance } from 'node:perf_hooks';
import { afterEach, expect, test } from 'vitest';
import { Reader } from './reader.ts';
import { read } from './readings.ts';

const EPISODES = 4_000;

let reader: Reader;
afterEach(() => reader.close());

const feed = (episodes: number) =>
	`<rss version="2.0"><channel><title>Large &amp; long</title>${Array.from(
		{ length: episodes },
		(_, at) =>
			`<item><title>Episode ${at}</title><guid>${at}</guid><description>${'words '.repeat(40)}</description><enclosure url="/${at}.mp3" type="audio/mpeg"/></item>`
	).join('')}</channel></rss>`;
const base = 'https://feeds.example.org/all.xml';

test('a large feed is read whole, and the thread that serves pages is free meanwhile', async () => {
	reader = new Reader();
	const text = feed(EPISODES);
	// The thread's own start is not what is measured.
	await reader.read({ as: 'feed', text: feed(100), base });
	const begun = performance.eventLoopUtilization();

	const { title, items } = await reader.read({ as: 'feed', text, base });

	const { active, idle } = performance.eventLoopUtilization(begun);
	expect(title).toBe('Large & long');
	expect(items).toHaveLength(EPISODES);
	expect(items.at(-1)).toMatchObject({ locator: `https://feeds.example.org/${EPISODES - 1}.mp3` });
	expect(active / (active + idle)).toBeLessThan(0.5);
});

test('lists and answers are read the same there as here', async () => {
	reader = new Reader();
	const text = Array.from({ length: 2_000 }, (_, at) => `https://example.org/${at}.mp3`).join('\n');
	const song = (at: number) => ({ id: at, title: `Song ${at}`, unknown: 'x'.repeat(100) });
	const answer = JSON.stringify({
		'subsonic-response': {
			status: 'ok',
			playlist: { id: 7, name: 'Mix', entry: Array.from({ length: 500 }, (_, at) => song(at)) }
		}
	});
	const data = Array.from({ length: 200 }, (_, at) => ({
		fieldData: { Title: `Song ${at}`, Notes: 'x'.repeat(10_000) },
		...{ recordId: String(at), modId: '1' }
	}));
	const reply = JSON.stringify({ response: { data }, messages: [{ code: '0' }] });
	for (const reading of [
		{ as: 'urls', text, base: null },
		{ as: 'subsonic', text: answer, method: 'getPlaylist' },
		{ as: 'filemaker', text: reply, fields: ['Title'] },
		{ as: 'filemaker', text: `<html>${reply}`, fields: [] }
	] as const) {
		expect(reading.text.length).toBeGreaterThan(16 * 1024);
		expect(await reader.read(reading)).toEqual(read(reading));
	}
	const records = await reader.read({ as: 'filemaker', text: reply, fields: ['Title'] });
	expect(records?.records).toHaveLength(200);
	// Two megabytes of notes that nobody asked for stay in the other thread.
	expect(JSON.stringify(records).length).toBeLessThan(20_000);
});

test('what is no feed is refused, large or small, and so is one with entities of its own', async () => {
	reader = new Reader();
	const refused = { name: 'SourceError', code: 'not_understood', scope: 'source' };
	const bomb = `<!DOCTYPE x [<!ENTITY a "b">]>${feed(200)}`;
	for (const text of ['<html></html>', `<html>${'x'.repeat(50_000)}</html>`, bomb]) {
		await expect(reader.read({ as: 'feed', text, base })).rejects.toMatchObject(refused);
	}
});

test('what takes too long is refused, and the next is read all the same', async () => {
	reader = new Reader({ timeoutMs: 1 });
	const refused = { code: 'not_understood' };
	await expect(reader.read({ as: 'feed', text: feed(500), base })).rejects.toMatchObject(refused);

	const small = await reader.read({ as: 'feed', text: feed(3), base });
	expect(small.items).toHaveLength(3);
	await expect(reader.read({ as: 'feed', text: feed(500), base })).rejects.toMatchObject(refused);
});
