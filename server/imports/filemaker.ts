import { createHash } from 'node:crypto';
import { kindOf, shownName } from '#contracts/file-kind';
import type { FileMakerOrder } from '#contracts/import-filemaker';
import { Problem } from '#contracts/problem';
import type { Description } from '#contracts/upload';
import { fetchContainer } from './filemaker-container.ts';
import type { FileMakerRecord, FileMakerReply } from './filemaker-reply.ts';
import { FileMakerSession } from './filemaker-session.ts';
import type { Fetched, ListedItem, ListedPage } from './items.ts';
import type { OpenSource, Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** Records of one question. */
const PAGE = 200;
/** Looked at twice: records that are deleted meanwhile move the others forward, and none may be passed over. */
const OVERLAP = 10;
const API = '/fmi/data/vLatest/databases/';

const TEXTS = ['title', 'artist', 'albumArtist', 'album', 'genre'] as const;
const NUMBERS = ['trackNumber', 'discNumber'] as const;
/** What an order's `fields` may name. `file` is the container; `name` is what its file is called. */
const OURS = new Set<string>([...TEXTS, ...NUMBERS, 'date', 'file', 'name']);

/** A catalogue kept in FileMaker, by its Data API: a record for each song, the music in a container field. */
export function createFileMaker({ now = Date.now } = {}): Source<'filemaker'> {
	/** By account: whoever imports from the same place shares one session, of which a server has few. */
	const sessions = new Map<string, { session: FileMakerSession; users: number }>();

	return {
		place: ({ url, database, layout }) => `${new URL(url).href}\n${database}\n${layout}`,
		label: ({ url, database }) => `${database} at ${new URL(url).host}`,
		secrets: ['password'],
		admit({ url, fields }) {
			const isWeb = /^https?:$/.test(new URL(url).protocol);
			const areKnown = Object.keys(fields).every((name) => OURS.has(name));
			if (!isWeb || !areKnown || fields['file'] === undefined) throw new Problem('bad_request');
		},
		async open(order, { outgoing, reader, signal }): Promise<OpenSource> {
			const { url, database, username, password } = order;
			const base = url.replace(/\/+$/, '') + API + encodeURIComponent(database);
			const key = createHash('sha256')
				.update(JSON.stringify([base, username, password]))
				.digest('hex');
			const shared = sessions.get(key) ?? {
				session: new FileMakerSession({ base, username, password }, now),
				users: 0
			};
			sessions.set(key, shared);
			shared.users += 1;
			const asking = { outgoing, reader, fields: Object.values(order.fields) };
			const records = `/layouts/${encodeURIComponent(order.layout)}/records`;

			/** Addresses of containers are good for one session only, so they are asked for when they are needed. */
			async function containerOf(recordId: string): Promise<string> {
				const path = `${records}/${encodeURIComponent(recordId)}`;
				const found = await shared.session.ask(path, asking, signal);
				const [record] = found ? recordsIn(found) : [];
				const address = record?.fieldData[order.fields['file'] ?? ''];
				if (typeof address !== 'string' || address === '')
					throw new SourceError('not_there', 'item');
				return address;
			}

			return {
				async list(cursor): Promise<ListedPage> {
					const offset = Number(cursor ?? 1);
					const query = `?_offset=${offset}&_limit=${PAGE}&dateformats=2`;
					const found = await shared.session.ask(records + query, asking, signal);
					const page = found ? recordsIn(found) : [];
					if (page.length === 0) return { items: [], next: null };
					const total = found?.foundCount;
					return {
						items: page.flatMap((record) => toItem(record, order) ?? []),
						next: page.length < PAGE ? null : String(offset + PAGE - OVERLAP),
						...(total !== undefined && { total })
					};
				},
				async fetch({ locator }, resume): Promise<Fetched> {
					if (locator === null) throw new SourceError('not_there', 'item');
					const way = { resume, outgoing, signal };
					const token = await shared.session.token(asking);
					const fetched = await fetchContainer(await containerOf(locator), way);
					if (fetched) return fetched;
					// Its address went with the session that it was made for.
					shared.session.forget(token);
					const again = await fetchContainer(await containerOf(locator), way);
					if (!again) throw new SourceError('not_allowed', 'item');
					return again;
				},
				async close() {
					shared.users -= 1;
					if (shared.users > 0) return;
					sessions.delete(key);
					await shared.session.close(outgoing);
				}
			};
		}
	};
}

function recordsIn({ records }: FileMakerReply): FileMakerRecord[] {
	if (!records) throw new SourceError('not_understood', 'source');
	return records;
}

function toItem(record: FileMakerRecord, { fields }: FileMakerOrder): ListedItem | null {
	const textOf = (ours: string): string | null => {
		const theirs = fields[ours];
		const value = theirs === undefined ? undefined : record.fieldData[theirs];
		const text = typeof value === 'number' ? String(value) : value;
		return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
	};
	const address = textOf('file');
	if (address === null) return null;
	return {
		sourceId: record.recordId,
		name: nameOf(textOf('name') ?? textOf('title') ?? record.recordId, address),
		changed: record.modId,
		describe: describe(textOf),
		locator: record.recordId
	};
}

/** With the ending that the address has, when its own name has none. */
function nameOf(text: string, address: string): string {
	const name = shownName(text);
	if (kindOf(name, undefined) !== null || !URL.canParse(address)) return name;
	const [ending] = /\.[A-Za-z0-9]{1,8}$/.exec(new URL(address).pathname) ?? [''];
	return name + ending;
}

function describe(textOf: (ours: string) => string | null): Description {
	const said: Description = {};
	for (const name of TEXTS) {
		const text = textOf(name)?.slice(0, name === 'genre' ? 100 : 500);
		if (text !== undefined) said[name] = text;
	}
	for (const name of NUMBERS) {
		const number = Number(textOf(name) ?? Number.NaN);
		const most = name === 'discNumber' ? 999 : 9999;
		if (Number.isInteger(number) && number >= 1 && number <= most) said[name] = number;
	}
	const [date] = /^\d{4}(-\d{2}(-\d{2})?)?/.exec(textOf('date') ?? '') ?? [];
	if (date !== undefined) said.date = date;
	return said;
}
