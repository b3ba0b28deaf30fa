import { hash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { TrackPage, type Track } from '#contracts/track';
import { kindOf } from '#contracts/file-kind';
import * as v from 'valibot';
import { planLibrary } from '../../cli/demo/catalogue.ts';
import { makeLibrary } from '../../cli/demo/library.ts';
import { Studio } from '../../cli/demo/studio.ts';
import { startPortal, type Client } from '../support/portal.ts';
import { bareCpuSeconds } from './bare-ffmpeg.ts';
import { sleep, type BenchOptions, type Row } from './bench.ts';
import { makeMusicFolder } from './library.ts';
import { furnish } from './furnish.ts';
import {
	cpuSeconds,
	encodersAtWork,
	eventLoopP99,
	METRICS_TOKEN,
	ProcessMeter
} from './process-meter.ts';
import { makeWav } from './wav.ts';

export const name = 'ingest';
export const description =
	'From bytes to music: how soon it plays and is complete, what that costs, and who feels it';
export const settings = { tracks: [200], seconds: [60], mp3s: [1_000], uploads: [20], wav: [100] };
export const switches = {
	quick: { tracks: [40], seconds: [20], mp3s: [200], uploads: [20], wav: [30] }
};

/** Outlives the run, whose temporary folder is its own. */
const CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/segue-bench');
const LANES = 4;
const ASKED_EVERY_MS = 500;
const MB = 1e6;
/** So much longer than what arrives meanwhile that their encoding is not over before. */
const ENCODED = 6;
const SENDERS_NICE = 10;

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const one = (key: string) => asked[key]?.[0] ?? 0;
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-bench-ingest-'));
	try {
		const library = await cachedLibrary({ tracks: one('tracks'), seconds: one('seconds'), say });
		return [
			{
				...(await wholeLibrary(library, say)),
				...(await manyMp3s(folder, one('mp3s'), say)),
				...(await whileTranscoding(folder, { uploads: one('uploads'), megabytes: one('wav'), say }))
			}
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** The same music every time: made once on this machine, and kept. */
async function cachedLibrary({
	tracks,
	seconds,
	say
}: {
	tracks: number;
	seconds: number;
	say: BenchOptions['say'];
}): Promise<string> {
	const folder = path.join(CACHE, `library-${tracks}x${seconds}`);
	await mkdir(folder, { recursive: true });
	const scratch = await mkdtemp(path.join(tmpdir(), 'segue-bench-covers-'));
	const studio = new Studio(availableParallelism());
	let made = 0;
	try {
		const releases = planLibrary({ seed: 1, tracks, seconds });
		const onmade = () => {
			if ((made += 1) % 20 === 0) say(`${made} of ${tracks} tracks are composed`);
		};
		await makeLibrary(releases, { folder, scratch, studio, onmade });
	} finally {
		await studio.close();
		await rm(scratch, { recursive: true, force: true });
	}
	return folder;
}

/** Music in every format: speed, cost, and what others feel. */
async function wholeLibrary(folder: string, say: BenchOptions['say']): Promise<Row> {
	const files = await filesIn(folder);
	const { portal, close } = await startPortal({ LOG_LEVEL: 'warn', METRICS_TOKEN });
	const meter = new ProcessMeter(portal);
	try {
		const owner = await portal.signIn();
		await furnish(portal);
		const furniture = new Set((await allTracks(owner)).map(({ id }) => id));
		const isNew = ({ id }: Track) => !furniture.has(id);
		say('nothing is under way');
		await eventLoopP99(portal);
		const pageMs = await meter.idlePageP95();
		const idle = { lateMs: await eventLoopP99(portal), pageMs };
		const pid = portal.pid ?? 0;
		const before = await cpuSeconds(pid);
		meter.takePageP95();
		const begun = performance.now();
		say(`${files.length} files are sent`);
		await sendAll(owner, folder, files);
		const music = files.filter((file) => kindOf(file, undefined) === 'audio').length;
		const playing = await until(owner, (all) => all.filter(isNew).length >= music, say);
		const playable = (performance.now() - begun) / 1000;
		const tracks = (await until(owner, (all) => all.every(isComplete), say)).filter(isNew);
		const complete = (performance.now() - begun) / 1000;
		const after = await cpuSeconds(pid);
		const busy = { lateMs: await eventLoopP99(portal), pageMs: meter.takePageP95() };
		const hours = tracks.reduce((sum, track) => sum + track.durationSeconds, 0) / 3600;
		const ours = after.own - before.own + after.children - before.children;
		say('ffmpeg does the same by itself');
		const byHash = new Map<string, string>();
		for (const file of files.map((each) => path.join(folder, each))) {
			byHash.set(hash('sha256', await readFile(file)), file);
		}
		const songs = tracks.flatMap((track) => {
			const file = byHash.get(track.originalSha256 ?? '');
			return file === undefined ? [] : [{ file, track }];
		});
		const bare = songs.length === tracks.length ? await bareCpuSeconds(songs) : null;
		return {
			tracks: playing.filter(isNew).length,
			'minutes of music': hours * 60,
			'files a second, playable': music / playable,
			'files a second, complete': music / complete,
			'CPU seconds an hour of music': ours / hours,
			'of these in the server itself': (after.own - before.own) / hours,
			'CPU seconds an hour, bare ffmpeg': bare === null ? null : bare / hours,
			'ours / bare ffmpeg': bare === null ? null : ours / bare,
			'event loop late, idle, p99 ms': idle.lateMs,
			'event loop late, p99 ms': busy.lateMs,
			'page, idle, p95 ms': idle.pageMs,
			'page, p95 ms': busy.pageMs,
			'page / idle':
				busy.pageMs !== null && idle.pageMs !== null ? busy.pageMs / idle.pageMs : null,
			'server RSS, most, MB': meter.mostRssMb
		};
	} finally {
		await meter.close();
		await close();
	}
}

/** What was dropped plays before anybody draws pictures of it. */
async function manyMp3s(parent: string, count: number, say: BenchOptions['say']): Promise<Row> {
	const { folder, paths } = await makeMusicFolder(parent, count);
	const { portal, close } = await startPortal({ LOG_LEVEL: 'warn' });
	try {
		const owner = await portal.signIn();
		say(`${count} MP3s are sent`);
		const begun = performance.now();
		const files = paths.map((file) => path.relative(folder, file));
		const sending = sendAll(owner, folder, files);
		const tracks = await until(owner, (all) => all.length >= count, say);
		const playable = (performance.now() - begun) / 1000;
		await sending;
		const left = tracks.filter(({ measured }) => measured === 'waiting').length;
		await until(owner, (all) => all.every(isComplete), say);
		return {
			MP3s: count,
			'MP3s a second, playable': count / playable,
			'peaks left to draw when the last one plays': left,
			'seconds until the last peaks': (performance.now() - begun) / 1000 - playable
		};
	} finally {
		await close();
	}
}

/** Two files are encoded while others arrive: does the event loop still turn? */
async function whileTranscoding(
	folder: string,
	{ uploads, megabytes, say }: { uploads: number; megabytes: number; say: BenchOptions['say'] }
): Promise<Row> {
	const env = { LOG_LEVEL: 'warn', METRICS_TOKEN, JOBS_CONCURRENCY: '2' };
	const { portal, close } = await startPortal(env);
	try {
		const owner = await portal.signIn();
		const wavs = ['one.wav', 'two.wav'];
		for (const [at, file] of wavs.entries()) {
			await makeWav(path.join(folder, file), ENCODED * megabytes * MB + at);
		}
		await sendAll(owner, folder, wavs);
		say(`${uploads} uploads while two files are encoded`);
		const arriving = Array.from({ length: uploads }, (_, at) => `arriving ${at}.wav`);
		for (const [at, file] of arriving.entries()) {
			await makeWav(path.join(folder, file), (megabytes / 10) * MB + at);
		}
		while ((await encodersAtWork(portal)) < wavs.length) {
			// One after the other: the row says so.
			if ((await allTracks(owner)).filter(isComplete).length === wavs.length) break;
			await sleep(ASKED_EVERY_MS / 5);
		}
		// What was made for this is not what the disk shall be busy with.
		for (const file of [...wavs, ...arriving]) await flush(path.join(folder, file));
		// Who sends has a machine of their own; here they take what the server leaves.
		setPriority(SENDERS_NICE);
		await eventLoopP99(portal);
		await sendAll(owner, folder, arriving, uploads);
		const lateMs = await eventLoopP99(portal);
		return {
			'uploads at once': uploads,
			'encoded until the end of it': await encodersAtWork(portal),
			'event loop late meanwhile, p99 ms': lateMs
		};
	} finally {
		await close();
	}
}

async function flush(file: string) {
	await using handle = await open(file, 'r+');
	await handle.sync();
}

const isComplete = ({ measured, renditions = [] }: Track) =>
	measured !== 'waiting' && renditions.every(({ state }) => state !== 'waiting');

/** All tracks that this person may see. */
async function allTracks(owner: Client): Promise<Track[]> {
	const tracks: Track[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const answer: Response = await owner.fetch(`/api/tracks?limit=200&cursor=${cursor}`);
		const page = v.parse(TrackPage, await answer.json());
		tracks.push(...page.tracks);
		cursor = page.next;
	}
	return tracks;
}

/** The same, once they are so. */
async function until(
	owner: Client,
	areRight: (tracks: readonly Track[]) => boolean,
	say: BenchOptions['say']
): Promise<Track[]> {
	for (let asked = 0; ; asked += 1) {
		const tracks = await allTracks(owner);
		if (areRight(tracks)) return tracks;
		if (asked % 20 === 19)
			say(`${tracks.length} play, ${tracks.filter(isComplete).length} are complete`);
		await sleep(ASKED_EVERY_MS);
	}
}

/** @param files from the folder on */
async function sendAll(owner: Client, folder: string, files: readonly string[], lanes = LANES) {
	const BATCH = 200;
	const waiting: { file: string; url: string }[] = [];
	for (let at = 0; at < files.length; at += BATCH) {
		const batch = files.slice(at, at + BATCH);
		const sizes = await Promise.all(batch.map((file) => stat(path.join(folder, file))));
		const answers = await owner.register(
			batch.map((file, i) => ({
				...{ key: file, name: path.basename(file), path: file, size: sizes[i]?.size ?? 0 }
			})),
			{ publish: true }
		);
		for (const [i, answer] of answers.entries()) {
			if (answer.outcome !== 'accepted') throw new Error(`${batch[i]} is ${answer.outcome}`);
			waiting.push({ file: batch[i] ?? '', url: answer.url });
		}
	}
	const next = waiting.values();
	await Promise.all(
		Array.from({ length: lanes }, async () => {
			for (const { file, url } of next) {
				const response = await owner.tus('PATCH', url, {
					body: await openAsBlob(path.join(folder, file)),
					headers: { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
				});
				if (response.status !== 204) throw new Error(`${file} was answered ${response.status}`);
			}
		})
	);
}

/** Music and covers, from the folder on. */
async function filesIn(folder: string): Promise<string[]> {
	const all = await readdir(folder, { recursive: true });
	return all.filter((file) => kindOf(file, undefined) !== null).sort();
}
