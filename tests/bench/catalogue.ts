import { DatabaseSync } from 'node:sqlite';
import { createApp } from '../../server/app.ts';
import { TestPortal } from '../support/portal.ts';
import { percentile, type BenchOptions, type Row } from './bench.ts';
import { configOf, library, pick, random, type Library } from './catalogue-data.ts';

export const name = 'catalogue';
export const description =
	'Pages and searches over a made library: what each takes on the server, alone and as an answer';
export const settings = { tracks: [1_000, 100_000, 1_000_000], rounds: [200] };
export const switches = { quick: { tracks: [1_000, 100_000] } };

const SEED = 11;
const WARM_UP = 20;
/** How far into the list a deep page is. */
const DEPTH = 0.9;

/** What is asked: by its address, and of the catalogue itself. */
interface Question {
	name: string;
	path: (round: number) => string;
	/** The same without HTTP and without a page; null where a page asks many things. */
	alone: ((round: number) => Promise<unknown>) | null;
}

type Catalogue = Awaited<ReturnType<typeof createApp>>['portal']['catalogue'];

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { tracks: sizes = [], rounds: [rounds = 200] = [] } = asked;
	const rows: Row[] = [];
	for (const size of sizes) {
		const made = await library(size, say);
		say(`asking, ${size.toLocaleString('en')} tracks`);
		rows.push({ ...about(size, made), ...(await measured(made, rounds)) });
	}
	const [smallest] = rows;
	return rows.map((row) => ({ ...row, ...growth(row, smallest) }));
}

function about(tracks: number, { seconds }: Library): Row {
	return {
		tracks,
		'made in s': seconds?.made ?? null,
		'indexed in s': seconds?.indexed ?? null
	};
}

async function measured(made: Library, rounds: number): Promise<Row> {
	const config = configOf(made.folder);
	const app = await createApp(config);
	const row: Row = {};
	const questions = await questionsOf(made, app.portal.catalogue);
	try {
		for (const { name, alone } of questions) {
			if (alone) note(row, `${name}, catalogue alone`, await times(alone, rounds));
		}
	} finally {
		await app.close();
	}
	const portal = new TestPortal(made.folder, { LOG_LEVEL: 'warn' });
	await portal.start();
	try {
		for (const { name, path } of questions) {
			const ask = async (round: number) => {
				const response = await fetch(portal.origin + path(round));
				await response.arrayBuffer();
				if (response.status !== 200) throw new Error(`${path(round)} answered ${response.status}`);
			};
			note(row, name, await times(ask, rounds));
		}
	} finally {
		await portal.stop();
	}
	return row;
}

function note(row: Row, what: string, milliseconds: readonly number[]) {
	row[`${what}: p50 ms`] = percentile(milliseconds, 50);
	row[`${what}: p95 ms`] = percentile(milliseconds, 95);
}

/** One after the other, so that none waits for another. */
async function times(ask: (round: number) => Promise<unknown>, rounds: number) {
	const taken: number[] = [];
	for (let round = 0; round < WARM_UP + rounds; round++) {
		const begun = performance.now();
		await ask(round);
		if (round >= WARM_UP) taken.push(performance.now() - begun);
	}
	return taken;
}

/** How many times as long as with the smallest library; 1 is flat. */
function growth(row: Row, smallest: Row | undefined): Row {
	return Object.fromEntries(
		Object.entries(row).flatMap(([figure, value]) => {
			const least = smallest?.[figure];
			if (!figure.endsWith('p50 ms') || figure.includes('alone')) return [];
			if (typeof value !== 'number' || typeof least !== 'number') return [];
			return [[`${figure.replace(': p50 ms', '')}: p50 grows ×`, value / least]];
		})
	);
}

async function questionsOf(made: Library, catalogue: Catalogue): Promise<Question[]> {
	const { browse, search, artists, releases, trackPages } = catalogue;
	const known = read(configOf(made.folder).database.file);
	const next = random(SEED);
	const many = <T>(one: () => T) => {
		const all = Array.from({ length: 64 }, one);
		return (round: number) => all[round % all.length] as T;
	};
	const artist = many(() => pick(known.artists, next, 1));
	const release = many(() => pick(known.releases, next, 1));
	const rare = many(() => pick(made.words.slice(-5_000), next, 1));
	const middling = () => pick(made.words.slice(0, 300), next, 1);
	const three = many(() => `${middling()} the ${middling()}`);
	const typo = many(() => {
		const word = pick(made.words.filter(({ length }) => length >= 6).slice(0, 2_000), next, 1);
		return word.slice(0, 2) + word.slice(3); // the third letter is left out
	});
	const common = many(() => pick(['the', 'love', 'night', 'of'], next, 1));
	const begun = many(() => pick(['a', 't', 'lo', 'th'], next, 1));
	const found = (query: (round: number) => string) => ({
		path: (round: number) => `/api/search?q=${encodeURIComponent(query(round))}`,
		alone: (round: number) =>
			search.find(query(round), {
				viewer: null,
				most: { tracks: 10, releases: 10, artists: 10 }
			})
	});
	const asRelease = { sort: 'new', limit: 48 } as const;
	return [
		{ name: 'home', path: () => '/', alone: null },
		{
			name: 'artist',
			path: (round) => `/artists/${artist(round)}`,
			alone: (round) => artists.bySlug(artist(round), null)
		},
		{
			name: 'release',
			path: (round) => `/releases/${release(round)}`,
			alone: (round) => releases.bySlug(release(round), null)
		},
		{
			name: 'releases, first page',
			path: () => '/releases',
			alone: () => browse.releases({ ...asRelease, cursor: null })
		},
		{
			name: 'releases, deep page',
			path: () => `/releases?cursor=${known.deepRelease}`,
			alone: () => browse.releases({ ...asRelease, cursor: known.deepRelease })
		},
		{
			name: 'tracks, deep page',
			path: () => `/api/tracks?cursor=${known.deepTrack}`,
			alone: () => trackPages.page({ viewer: null, limit: 50, cursor: known.deepTrack })
		},
		{ name: 'search, a common word', ...found(common) },
		{ name: 'search, one or two letters', ...found(begun) },
		{ name: 'search, a rare word', ...found(rare) },
		{ name: 'search, a slip', ...found(typo) },
		{ name: 'search, three words', ...found(three) },
		{ name: 'search page', path: (round) => `/search?q=${common(round)}`, alone: null }
	];
}

/** What can be asked for, and where the deep pages begin. */
function read(file: string) {
	const db = new DatabaseSync(file, { readOnly: true });
	const slugs = (query: string) =>
		(db.prepare(query).all() as { slug: string }[]).map(({ slug }) => slug);
	const cursor = (table: string, columns: string, where = 'true') => {
		const { n } = db.prepare(`select count(*) as n from ${table} where ${where}`).get() as {
			n: number;
		};
		const [first, second] = columns.split(', ');
		const row = db
			.prepare(
				`select ${columns} from ${table} where ${where} order by ${first} desc, ${second} desc
				limit 1 offset ${Math.floor(n * DEPTH)}`
			)
			.get() as Record<string, unknown>;
		return Buffer.from(JSON.stringify(Object.values(row))).toString('base64url');
	};
	try {
		return {
			artists: slugs(
				'select slug from roster join artist on artist.id = artist_id where release_count > 0 limit 500'
			),
			releases: slugs('select slug from shelf join release on release.id = release_id limit 500'),
			deepRelease: cursor('shelf', 'listed_at, release_id'),
			deepTrack: cursor('track', 'created_at, id', 'listed = 1')
		};
	} finally {
		db.close();
	}
}
