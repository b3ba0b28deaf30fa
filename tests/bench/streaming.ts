import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Track } from '#contracts/track';
import { startEdge } from '../support/edge.ts';
import { makeMusic } from '../support/music.ts';
import { freePort, startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';
import { median, percentile, type BenchOptions, type Row } from './bench.ts';
import { cpuSeconds } from './process-meter.ts';

export const name = 'streaming';
export const description =
	'Ranges of a track, asked for in parallel, against the same Caddy serving the same bare file, in turns';
export const settings = { megabytes: [1, 8], parallel: [200], rounds: [7], seconds: [6] };
export const switches = { quick: { rounds: [3], seconds: [3] } };

/** 320 kbit/s: longer than the largest range. */
const SONG_SECONDS = 240;
const CONNECTIONS = 20;
/** As Chromium has them: with the usual 64 KiB the client would be what is measured. */
const WINDOW_BYTES = 6 * 1024 ** 2;
const MB = 1e6;
const GOAL = 0.95;

interface Side {
	origin: string;
	path: string;
}

interface Taken {
	bytes: number;
	seconds: number;
	/** Milliseconds until the first byte of each. */
	firstByteMs: number[];
	/** CPU seconds. */
	caddy: number;
	node: number;
}

interface Place {
	ours: Side;
	bare: Side;
	pids: { caddy: number; node: number };
	/** Of the file. */
	size: number;
}

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { megabytes: sizes = [], rounds: [rounds = 7] = [] } = asked;
	const { parallel: [parallel = 200] = [], seconds: [seconds = 6] = [] } = asked;
	return inPlace(say, async (place) => {
		const rows: Row[] = [];
		for (const size of sizes) {
			const load = { rangeBytes: Math.min(size * MB, place.size), parallel };
			await take(place, 'ours', { ...load, seconds: 1 });
			await take(place, 'bare', { ...load, seconds: 1 });
			const pairs: { ours: Taken; bare: Taken }[] = [];
			for (let round = 1; round <= rounds; round++) {
				say(`${size} MB, round ${round} of ${rounds}`);
				// Whoever goes first meets another machine than whoever goes second.
				const first = round % 2 === 0 ? ('bare' as const) : ('ours' as const);
				const one = await take(place, first, { ...load, seconds });
				const other = await take(place, first === 'ours' ? 'bare' : 'ours', { ...load, seconds });
				pairs.push(first === 'ours' ? { ours: one, bare: other } : { ours: other, bare: one });
			}
			rows.push(rowOf(size, parallel, pairs));
		}
		return rows;
	});
}

function rowOf(
	megabytes: number,
	parallel: number,
	pairs: readonly { ours: Taken; bare: Taken }[]
): Row {
	const middle = (of: (pair: { ours: Taken; bare: Taken }) => number) => median(pairs.map(of));
	const rate = ({ bytes, seconds }: Taken) => bytes / MB / seconds;
	const perGb = (cpu: number, { bytes }: Taken) => cpu / (bytes / MB / 1000);
	const first = ({ firstByteMs }: Taken) => percentile(firstByteMs, 95) ?? 0;
	return {
		'range MB': megabytes,
		'in parallel': parallel,
		'ours MB/s': middle(({ ours }) => rate(ours)),
		'bare MB/s': middle(({ bare }) => rate(bare)),
		[`ours ÷ bare, goal ${GOAL}`]: middle(({ ours, bare }) => rate(ours) / rate(bare)),
		'CPU, bare ÷ ours with node': middle(
			({ ours, bare }) => perGb(bare.caddy, bare) / perGb(ours.caddy + ours.node, ours)
		),
		'ours CPU s a GB: caddy': middle(({ ours }) => perGb(ours.caddy, ours)),
		'ours CPU s a GB: node': middle(({ ours }) => perGb(ours.node, ours)),
		'bare CPU s a GB: caddy': middle(({ bare }) => perGb(bare.caddy, bare)),
		'first byte p95 ms: ours': middle(({ ours }) => first(ours)),
		'first byte p95 ms: bare': middle(({ bare }) => first(bare))
	};
}

/** So many are under way at any moment, each of which asks anew when it has its range. */
async function take(
	{ ours, bare, pids, size }: Place,
	which: 'ours' | 'bare',
	{ rangeBytes, parallel, seconds }: { rangeBytes: number; parallel: number; seconds: number }
): Promise<Taken> {
	const { origin, path } = which === 'ours' ? ours : bare;
	const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(origin)));
	const cpu = async () => ({
		caddy: (await cpuSeconds(pids.caddy)).own,
		node: (await cpuSeconds(pids.node)).own
	});
	const before = await cpu();
	const begun = performance.now();
	const end = begun + seconds * 1000;
	const taken = { bytes: 0, firstByteMs: [] as number[] };
	await Promise.all(
		Array.from({ length: parallel }, async (_, n) => {
			const session = sessions[n % sessions.length];
			while (session && performance.now() < end) {
				const from = Math.floor(Math.random() * (size - rangeBytes + 1));
				const range = { from, to: from + rangeBytes - 1 };
				const { firstByteMs } = await ask(session, path, range, (bytes) => (taken.bytes += bytes));
				taken.firstByteMs.push(firstByteMs);
			}
		})
	);
	const passed = (performance.now() - begun) / 1000;
	const after = await cpu();
	for (const session of sessions) session.close();
	return {
		...taken,
		seconds: passed,
		caddy: after.caddy - before.caddy,
		node: after.node - before.node
	};
}

function open(origin: string): Promise<ClientHttp2Session> {
	return new Promise((resolve, reject) => {
		const settings = { initialWindowSize: WINDOW_BYTES };
		const session = connect(origin, { rejectUnauthorized: false, settings });
		session.once('error', reject);
		session.once('connect', () => {
			session.setLocalWindowSize(WINDOW_BYTES * 2);
			resolve(session);
		});
	});
}

function ask(
	session: ClientHttp2Session,
	path: string,
	{ from, to }: { from: number; to: number },
	onbytes: (bytes: number) => void
): Promise<{ firstByteMs: number }> {
	const begun = performance.now();
	return new Promise((resolve, reject) => {
		const stream = session.request({ ':path': path, range: `bytes=${from}-${to}` });
		let firstByteMs: number | null = null;
		let bytes = 0;
		stream.on('response', ({ ':status': status }) => {
			if (status !== 206) reject(new Error(`${path} answered ${status}`));
		});
		stream.on('data', (piece: Buffer) => {
			firstByteMs ??= performance.now() - begun;
			bytes += piece.length;
			onbytes(piece.length);
		});
		stream.on('error', reject);
		stream.on('end', () => {
			const wanted = to - from + 1;
			if (bytes === wanted && firstByteMs !== null) resolve({ firstByteMs });
			else reject(new Error(`${path} gave ${bytes} bytes of ${wanted}`));
		});
	});
}

/** The portal with one long track, and beside it, in the same Caddy, a site that has nothing but that file. */
async function inPlace<T>(say: (line: string) => void, work: (place: Place) => Promise<T>) {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-streaming-'));
	const { portal, close } = await startPortal({ LOG_LEVEL: 'warn' });
	try {
		say('making a track');
		const song = await makeMusic({ format: 'mp3', seconds: SONG_SECONDS, args: ['-b:a', '320k'] });
		const streamUrl = await addTrack(await portal.signIn(), song);
		const root = path.join(folder, 'bare');
		await mkdir(root);
		await writeFile(path.join(root, 'song.mp3'), song);
		const ours = `https://localhost:${await freePort()}`;
		const bare = `https://localhost:${await freePort()}`;
		const caddy = await openEdge(portal, { folder, root, ours, bare });
		try {
			return await work({
				ours: { origin: ours, path: streamUrl },
				bare: { origin: bare, path: '/song.mp3' },
				pids: { caddy: caddy.pid, node: pidOf(portal) },
				size: song.length
			});
		} finally {
			await caddy.close();
		}
	} finally {
		await close();
		await rm(folder, { recursive: true, force: true });
	}
}

function pidOf({ pid }: TestPortal): number {
	if (pid === undefined) throw new Error('the portal does not run');
	return pid;
}

async function openEdge(
	portal: TestPortal,
	at: { folder: string; root: string; ours: string; bare: string }
) {
	const config = path.join(at.folder, 'Caddyfile');
	await copyFile(path.resolve(import.meta.dirname, '../../Caddyfile'), config);
	const shipped = await readFile(config, 'utf8');
	await writeFile(config, `${shipped}\n${at.bare} {\n\troot * ${at.root}\n\tfile_server\n}\n`);
	const place = { appPort: portal.port, dataDir: portal.dataDir };
	return startEdge({ ...place, addresses: [at.ours], config });
}

/** Once nothing is done with it any more: what is encoded meanwhile takes the same CPU. @returns where it streams */
async function addTrack(owner: Client, song: Uint8Array<ArrayBuffer>): Promise<string> {
	await owner.outcome(await owner.send('long.mp3', song));
	const [track] = await retryUntil(
		async () => ((await (await owner.fetch('/api/tracks')).json()) as { tracks: Track[] }).tracks,
		([first]) =>
			first?.peaksUrl !== undefined &&
			(first.renditions ?? []).every(({ state }) => state !== 'waiting')
	);
	// What is compared has to be the same file.
	const original = track?.renditions?.find(({ kind }) => kind === 'original')?.url;
	if (!original) throw new Error('the track does not stream as it was sent');
	return original;
}
