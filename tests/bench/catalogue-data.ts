import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createApp } from '../../server/app.ts';
import { indexNow } from '../../server/beside.ts';
import { loadConfig } from '../../server/config.ts';
import { OWNER } from '../support/portal.ts';

const SEED = 6;
/** Another number for another library, so that one kept from before is made anew. */
const EDITION = 2;

const TRACKS_PER_RELEASE = 10;
const RELEASES_PER_ARTIST = 5;
/** One of so many tracks stands alone, and one of so many releases has nothing but drafts. */
const SINGLES = 40;
const DRAFTS = 50;
/** Nobody has that many genres; tags do. */
const GENRES = 300;
const WORDS = 60_000;

const COMMON = 'the a of and to in you love night my me on it i for is be with day all'.split(' ');

export interface Library {
	folder: string;
	/** Seconds to make and to index it; null when it was here. */
	seconds: { made: number; indexed: number } | null;
	words: readonly string[];
}

/** A portal's folder with so many tracks, none of which has a sound; kept for the next time. */
export async function library(tracks: number, say: (line: string) => void): Promise<Library> {
	const words = vocabulary(random(SEED));
	const folder = path.join(outside(), `segue-catalogue-${EDITION}-${SEED}-${tracks}`);
	if (existsSync(folder)) return { folder, seconds: null, words };
	const making = `${folder}.making`;
	await rm(making, { recursive: true, force: true });
	await mkdir(making, { recursive: true });
	say(`making ${tracks.toLocaleString('en')} tracks`);
	const config = configOf(making);
	await (await createApp(config)).close();
	const begun = performance.now();
	fill(config.database.file, tracks, words);
	const filled = performance.now();
	say('indexing them');
	await indexNow(config);
	const done = performance.now();
	await rename(making, folder);
	return {
		folder,
		seconds: { made: (filled - begun) / 1000, indexed: (done - filled) / 1000 },
		words
	};
}

export function configOf(folder: string) {
	return loadConfig({
		PATH: process.env['PATH'],
		DATA_DIR: folder,
		APP_PORT: '0',
		DISK_RESERVE_BYTES: '0',
		LOG_LEVEL: 'silent',
		OWNER_EMAIL: OWNER.email,
		OWNER_PASSWORD: OWNER.password
	});
}

/** Whoever runs a benchmark removes its own folder afterwards. */
function outside(): string {
	const own = tmpdir();
	return path.basename(own).startsWith('segue-bench-') ? path.dirname(own) : own;
}

/** Straight into the tables, all at once: what triggers do row by row is done for all rows afterwards. */
function fill(file: string, tracks: number, words: readonly string[]) {
	const db = new DatabaseSync(file);
	db.exec('pragma synchronous = off; pragma cache_size = -400000; pragma foreign_keys = off');
	const restore = withoutIndexes(db);
	insert(db, tracks, words);
	db.exec('begin');
	shelve(db);
	restore();
	db.exec('commit');
	db.exec('pragma wal_checkpoint(truncate)');
	db.close();
}

/** @returns what brings triggers and indexes back */
function withoutIndexes(db: DatabaseSync): () => void {
	const dropped = db
		.prepare(
			`select type, name, sql from sqlite_master where type in ('index', 'trigger') and sql is not null
			order by type`
		)
		.all() as { type: string; name: string; sql: string }[];
	for (const { type, name } of dropped) db.exec(`drop ${type} ${name}`);
	return () => {
		for (const { sql } of dropped) db.exec(sql);
	};
}

function shelve(db: DatabaseSync) {
	db.exec(`
		insert into shelf (release_id, listed_at, title_key, artist_id, artist_key, year, track_count, duration_ms)
		select release.id, min(track.created_at), release.title_key, release.artist_id, artist.name_key,
			release.year, count(*), sum(track.duration_ms)
		from track join release on release.id = track.release_id join artist on artist.id = release.artist_id
		where track.listed = 1 group by release.id;
		insert into roster (artist_id, name_key, track_count)
		select artist.id, artist.name_key, count(*) from track join artist on artist.id = track.artist_id
		where track.listed = 1 group by artist.id;
		insert into roster (artist_id, name_key, release_count)
		select artist_id, artist_key, count(*) from shelf group by artist_id
		on conflict (artist_id) do update set release_count = excluded.release_count;
		insert into unindexed (kind, thing_id) select 'artist', artist_id from roster;
		insert into unindexed (kind, thing_id) select 'release', release_id from shelf;
		insert into unindexed (kind, thing_id) select 'track', id from track order by created_at;
	`);
}

function insert(db: DatabaseSync, tracks: number, words: readonly string[]) {
	const next = random(SEED + tracks);
	const word = () => (next() < 0.25 ? pick(COMMON, next, 1) : pick(words, next, 2.2));
	const title = () =>
		Array.from({ length: 1 + Math.floor(next() ** 2 * 5) }, (_, n) =>
			n === 0 ? capital(word()) : word()
		).join(' ');
	const id = () => randomBytes(16).toString('hex');
	const genres = Array.from({ length: GENRES }, () => capital(pick(words, next, 1)));
	const person = id();
	const artists = Array.from(
		{ length: Math.max(1, Math.ceil(tracks / TRACKS_PER_RELEASE / RELEASES_PER_ARTIST)) },
		(_, n) => ({
			id: id(),
			slug: `artist-${n}`,
			name: `${title()} ${n % 7 === 0 ? 'Band' : ''}`.trim()
		})
	);
	const since = Date.parse('2015-01-01');
	const step = (Date.parse('2026-01-01') - since) / tracks;

	db.exec('begin');
	db.prepare(
		`insert into person (id, email, name, role, password_hash, created_at) values (?, 'maker@portal.test', 'Maker', 'artist', '', 0)`
	).run(person);
	const addArtist = db.prepare(
		'insert into artist (id, slug, name, name_key, created_at) values (?, ?, ?, ?, ?)'
	);
	// One key for each artist, though names may be the same: `name_key` is unique.
	artists.forEach(({ id, slug, name }, n) =>
		addArtist.run(id, slug, name, `${name.toLowerCase()} ${n}`, since)
	);
	const addRelease = db.prepare(
		`insert into release (id, slug, owner_id, artist_id, title, title_key, year, genre, date, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	);
	const addTrack = db.prepare(
		`insert into track (id, slug, owner_id, artist_id, release_id, title, disc_number, track_number, year,
			genre, date, duration_ms, state, visibility, original_sha256, original_size, original_name,
			original_format, stream_path, stream_type, measure_state, upload_id, created_at, listed, listed_at)
		values (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, 'ready', ?, ?, 1, 'x.mp3', 'MP3', 'originals/x',
			'audio/mpeg', 'ready', ?, ?, ?, ?)`
	);
	for (let made = 0, release = 0; made < tracks; release++) {
		// A few artists have much, most have little.
		const artist = pick(artists, next, 1.3);
		const isSingle = next() < 1 / SINGLES;
		const count = isSingle
			? 1
			: Math.min(tracks - made, 1 + Math.floor(next() * 2 * TRACKS_PER_RELEASE));
		const visibility = next() < 1 / DRAFTS ? 'draft' : 'public';
		const year = 1950 + Math.floor(76 * next() ** 0.5);
		const genre = pick(genres, next, 2);
		const releaseId = isSingle ? null : id();
		const at = Math.floor(since + made * step);
		if (releaseId !== null) {
			const name = title();
			addRelease.run(
				...[releaseId, `release-${release}`, person, artist.id, name],
				...[`${name.toLowerCase()} ${release}`, year, genre, String(year), at]
			);
		}
		for (let n = 1; n <= count; n++, made++) {
			addTrack.run(
				...[id(), `track-${made}`, person, artist.id, releaseId, title(), n, year, genre],
				...[String(year), 120_000 + Math.floor(next() * 240_000), visibility],
				...[made.toString(16).padStart(64, '0'), `u${made}`, at + n],
				...[visibility === 'public' ? 1 : 0, visibility === 'public' ? at + n : null]
			);
		}
	}
	db.exec('commit');
}

/** Words that can be said, the frequent ones first; no two are the same. */
function vocabulary(next: () => number): string[] {
	const heads = 'b br c ch d dr f fl g gr h j k l m n p pr r s sh st t tr v w z'.split(' ');
	const hearts = 'a e i o u ai ea ou'.split(' ');
	const tails = ['', '', 'n', 'r', 's', 'l', 't', 'm', 'nd', 'rk'];
	const words = new Set<string>();
	while (words.size < WORDS) {
		const syllables = 1 + Math.floor(next() * 3);
		let word = '';
		for (let n = 0; n < syllables; n++) {
			word += pick(heads, next, 1) + pick(hearts, next, 1) + pick(tails, next, 1);
		}
		words.add(word);
	}
	return [...words];
}

/** @param bias 1 takes each alike; more prefers the first */
export function pick<T>(all: readonly T[], next: () => number, bias: number): T {
	const one = all[Math.floor(next() ** bias * all.length)];
	if (one === undefined) throw new Error('there is nothing to pick from');
	return one;
}

function capital(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Mulberry32: the same numbers for the same seed, from 0 to 1. */
export function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
