import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ImportRecord } from '#contracts/import';
import { makeMusic, variations } from '../support/music.ts';
import { Origin } from '../support/origin.ts';
import { startPortal, type Client } from '../support/portal.ts';
import { sleep, type BenchOptions, type Row } from './bench.ts';
import { addArtist, furnish } from './furnish.ts';
import { ProcessMeter } from './process-meter.ts';

export const name = 'imports';
export const description =
	'Two imports at once and who feels them, and a place that is known already';
export const settings = { tracks: [500], known: [10_000] };
export const switches = { quick: { tracks: [60], known: [10_000] } };

const ASKED_EVERY_MS = 500;
const ENDED = ['done', 'failed', 'cancelled'];

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { tracks: [tracks = 0] = [], known: [known = 0] = [] } = asked;
	return [{ ...(await lookedAtAgain(known, say)), ...(await twoAtOnce(tracks, say)) }];
}

/** A list of which everything came at another time. */
async function lookedAtAgain(items: number, say: BenchOptions['say']): Promise<Row> {
	const origin = await Origin.open();
	const { portal, close } = await startPortal({
		...{ IMPORT_ALLOW_HOSTS: '127.0.0.1', LOG_LEVEL: 'warn' }
	});
	try {
		const owner = await portal.signIn();
		const list = Array.from({ length: items }, (_, at) => `${origin.url}/never/${at}.mp3`);
		const first = await order(owner, list.join('\n'));
		await until(owner, first, ({ items: { failed } }) => failed > 0);
		await owner.fetch(`/api/imports/${first}`, {
			method: 'PATCH',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ action: 'cancel' })
		});
		await end(owner, first, () => {});
		pretendAllCame(path.join(portal.dataDir, 'segue.db'), list);
		say(`${items} known items are looked at again`);
		const begun = performance.now();
		const second = await end(owner, await order(owner, list.join('\n')), () => {});
		if (second.items.skipped !== items) throw new Error(`${second.items.skipped} were known`);
		return {
			'known items': items,
			'looked at again in, s': round((performance.now() - begun) / 1000)
		};
	} finally {
		await close();
		await origin.close();
	}
}

/** To bring ten thousand songs takes an hour, and is not what is measured: one row stands for all of them. */
function pretendAllCame(file: string, sourceIds: readonly string[]) {
	const database = new DatabaseSync(file);
	const row = database.prepare('select * from import_item limit 1').get();
	if (!row) throw new Error('nothing was listed');
	database.exec('delete from import_item');
	const names = Object.keys(row).filter((name) => name !== 'id');
	const add = database.prepare(
		`insert into import_item (${names.join()}) values (${names.map(() => '?').join()})`
	);
	database.exec('begin');
	for (const source_id of sourceIds) {
		const item: typeof row = { ...row, source_id, state: 'ready', code: null };
		add.run(...names.map((name) => item[name] ?? null));
	}
	database.exec('commit');
	database.close();
}

/** Two people bring a library each from one server, while somebody looks around. */
async function twoAtOnce(tracks: number, say: BenchOptions['say']): Promise<Row> {
	const origin = await Origin.open();
	const { portal, close } = await startPortal({
		...{ IMPORT_ALLOW_HOSTS: '127.0.0.1', LOG_LEVEL: 'warn' }
	});
	const meter = new ProcessMeter(portal);
	try {
		const people = [await portal.signIn(), await addArtist(portal, 'Ada')];
		const lists = await libraries(origin, people.length, tracks);
		await furnish(portal);
		say('nobody imports');
		const idle = await meter.idlePageP95();

		const begun = performance.now();
		const ids = await Promise.all(people.map((who, at) => order(who, lists[at] ?? '')));
		const ends: ImportRecord[] = [];
		for (const [at, who] of people.entries()) {
			ends.push(
				await end(who, ids[at] ?? '', ({ items }) => {
					say(`${items.done} of ${tracks}`);
				})
			);
		}
		const busy = meter.takePageP95();
		const came = ends.reduce((sum, { items }) => sum + items.done, 0);
		if (came !== people.length * tracks) throw new Error(`${came} came`);
		return {
			'tracks each': tracks,
			'requests per connection': Math.round(origin.requests.length / origin.connections),
			'page p95 idle, ms': round(idle),
			'page p95 while two import, ms': round(busy),
			'slower by, times': idle && busy ? round(busy / idle, 2) : null,
			'both here and prepared, s': round((performance.now() - begun) / 1000)
		};
	} finally {
		await meter.close();
		await close();
		await origin.close();
	}
}

/** @returns for each person the addresses of songs that are nobody else's */
async function libraries(origin: Origin, people: number, tracks: number): Promise<string[]> {
	const args = ['-b:a', '64k', '-map_metadata', '-1', '-id3v2_version', '0'];
	const song = await makeMusic({ format: 'mp3', seconds: 2.5, args });
	return Array.from({ length: people }, (_, person) => {
		const tags = Array.from({ length: tracks }, (_, at) => ({
			title: `Song ${at}`,
			artist: `Artist ${person}`,
			album: `Album ${Math.floor(at / 12)}`
		}));
		return variations(song, tags)
			.map((bytes, at) => origin.file(`/${person}/${at}.mp3`, bytes))
			.join('\n');
	});
}

async function order(who: Client, text: string): Promise<string> {
	const response = await who.post('/api/imports', { source: 'urls', text });
	if (response.status !== 202) throw new Error(`the order answered ${response.status}`);
	return ((await response.json()) as { id: string }).id;
}

const end = (who: Client, id: string, onprogress: (record: ImportRecord) => void) =>
	until(who, id, (record) => {
		if (ENDED.includes(record.state)) return true;
		onprogress(record);
		return false;
	});

async function until(who: Client, id: string, isSo: (record: ImportRecord) => boolean) {
	for (;;) {
		const record = (await (await who.fetch(`/api/imports/${id}`)).json()) as ImportRecord;
		if (isSo(record)) return record;
		await sleep(ASKED_EVERY_MS);
	}
}

const round = (value: number | null, digits = 1) =>
	value === null ? null : Number(value.toFixed(digits));
