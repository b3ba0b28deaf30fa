import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startBrowser } from '../support/browser.ts';
import { Arrivals } from './arrivals.ts';
import { known, median, most, sleep, type BenchOptions, type Row } from './bench.ts';
import { startContenders } from './contenders.ts';
import { openUploadPage, startPortalSite, type PortalSite } from './portal-site.ts';
import { collectorSeconds, METRICS_TOKEN } from './process-meter.ts';
import { makeWav } from './wav.ts';

export const name = 'memory';
export const description =
	'One large file from Chromium: the memory it takes, and its speed beside a bare fetch and curl';
export const settings = { gib: [2], rounds: [1] };

const GIB = 1024 ** 3;
const MB = 1e6;
/** Sizes in a WAV have 32 bits. */
const MOST_GIB = 3.9;

/** The file itself, what was sent of it, and room for what is made of it. */
const COPIES = 3;

/** A look at the disk costs the server nothing; and it is asked only once all is there. */
const LOOKED_EVERY_MS = 50;
/** One file is seen to move when it begins and when it is there. */
const PATIENCE_MS = 30 * 60_000;

/** Each costs a process, on the cores that all share. */
const RSS_EVERY_MS = 1_000;
/** What is freed is given back within this time, or kept for good. */
const AFTERWARDS_MS = 20_000;

const execute = promisify(execFile);

interface Sent {
	megabytesPerSecond: number;
	before: number;
	while: number;
	afterwards: number;
	heapBefore: number;
	heapMost: number;
	collectorSeconds: number;
}

export async function run({ settings: asked, say }: BenchOptions): Promise<Row[]> {
	const { gib = [], rounds: [rounds = 1] = [] } = asked;
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-bench-memory-'));
	try {
		const rows: Row[] = [];
		for (const size of gib) {
			await checkRoom(folder, size);
			const file = path.join(folder, `${size} GiB.wav`);
			const bytes = Math.floor(size * GIB);
			await makeWav(file, bytes);
			rows.push(await compared({ file, bytes, size, rounds, say }));
			await rm(file);
		}
		return rows;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function compared({
	file,
	bytes,
	size,
	rounds,
	say
}: {
	file: string;
	bytes: number;
	size: number;
	rounds: number;
	say: BenchOptions['say'];
}): Promise<Row> {
	const page: Sent[] = [];
	const curl: number[] = [];
	const bare: number[] = [];
	const sink: number[] = [];
	const tus: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		say(`${size} GiB, round ${round + 1} of ${rounds}`);
		const turns = [
			async () => void sink.push(await withSink((origin) => sinkByCurl(origin, file, bytes))),
			async () => void tus.push(await withSink((origin) => tusByCurl(origin, file, bytes))),
			async () => void curl.push(await withSite((site) => sendByCurl(site, file, bytes))),
			async () => void bare.push(await withSite((site) => sendByFetch(site, file, bytes))),
			async () => void page.push(await withSite((site) => sendByPage(site, file, bytes)))
		];
		for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
	}
	const of = (figure: (sent: Sent) => number) => page.map(figure);
	return {
		GiB: size,
		rounds,
		'server RSS before, MB': median(of(({ before }) => before)),
		'server RSS while it is sent, most, MB': most(of((sent) => sent.while)),
		'server RSS afterwards, MB': most(of(({ afterwards }) => afterwards)),
		'JS heap before, MB': median(of(({ heapBefore }) => heapBefore)),
		'JS heap, most, MB': most(of(({ heapMost }) => heapMost)),
		'server stood still for its garbage, s': median(of((sent) => sent.collectorSeconds)),
		'MB a second': median(of(({ megabytesPerSecond }) => megabytesPerSecond)),
		'MB a second, bare fetch': median(bare),
		'MB a second, curl': median(curl),
		'MB a second, curl, @tus/server': median(tus),
		'MB a second, curl, bare sink': median(sink),
		'ours / bare fetch': part(of(speed), bare),
		'ours / curl': part(of(speed), curl),
		'by curl: Segue / bare sink': part(curl, sink),
		'by curl: @tus/server / bare sink': part(tus, sink)
	};
}

const speed = ({ megabytesPerSecond }: Sent) => megabytesPerSecond;

/** What part of the others these are, each of the one of the same round. */
const part = (some: readonly number[], others: readonly number[]) =>
	median(known(some.map((one, at) => one / (others[at] ?? NaN))));

/** A portal for each: what is made of the first file would take the second one's processor. */
async function withSite<T>(work: (site: PortalSite) => Promise<T>): Promise<T> {
	const site = await startPortalSite({ UPLOAD_MAX_BYTES: String(4 * GIB), METRICS_TOKEN });
	try {
		return await work(site);
	} finally {
		await site.close();
	}
}

/** The same edge and disk, and as little behind it as can be. */
async function withSink<T>(work: (origin: string) => Promise<T>): Promise<T> {
	const contenders = await startContenders();
	try {
		return await work(contenders.origin);
	} finally {
		await contenders.close();
	}
}

/** The whole file in one PATCH, by a program that does nothing else. @returns MB a second */
async function sendByCurl({ origin, owner }: PortalSite, file: string, bytes: number) {
	const address = await owner.accepted({ key: 'curl', name: path.basename(file), size: bytes });
	return byCurl(origin + address, {
		...{ method: 'PATCH', file, bytes },
		headers: { ...TUS, Authorization: `Bearer ${owner.token}`, 'Upload-Offset': '0' }
	});
}

/** What is written down and nothing more. @returns MB a second */
const sinkByCurl = (origin: string, file: string, bytes: number) =>
	byCurl(`${origin}/files/bare`, { method: 'POST', headers: {}, file, bytes });

/** Created and sent in one request (tus, creation-with-upload). @returns MB a second */
const tusByCurl = (origin: string, file: string, bytes: number) =>
	byCurl(`${origin}/files/tus`, {
		...{ method: 'POST', file, bytes },
		headers: { ...TUS, 'Upload-Length': String(bytes) }
	});

const TUS = { 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream' };

interface ByCurl {
	method: string;
	headers: Record<string, string>;
	file: string;
	bytes: number;
}

async function byCurl(url: string, { method, headers, file, bytes }: ByCurl): Promise<number> {
	const { stdout } = await execute('curl', [
		...['--silent', '--show-error', '--insecure', '--http2', '--request', method],
		...Object.entries(headers).flatMap(([key, value]) => ['--header', `${key}: ${value}`]),
		...['--upload-file', file, '--write-out', '%{http_code} %{time_total}', url]
	]);
	const [status, seconds] = stdout.trim().split(' ').map(Number);
	if (!status || status < 200 || status > 299 || !seconds) {
		throw new Error(`curl was answered ${status}`);
	}
	return bytes / MB / seconds;
}

/** The same from Chromium: what a browser costs on a machine that the server also runs on. @returns MB a second */
async function sendByFetch(site: PortalSite, file: string, bytes: number) {
	const url = await site.owner.accepted({ key: 'bare', name: path.basename(file), size: bytes });
	const browser = await startBrowser();
	try {
		const { page } = await openUploadPage(browser.context, site);
		await page.evaluate(
			`document.body.insertAdjacentHTML('beforeend', '<input id=bare type=file>')`
		);
		await page.locator('#bare').setInputFiles(file);
		const ms = await page.evaluate<number>(`(async () => {
			const begun = performance.now();
			const response = await fetch('${url}', {
				method: 'PATCH',
				credentials: 'omit',
				headers: {
					Authorization: 'Bearer ${site.owner.token}',
					'Tus-Resumable': '1.0.0',
					'Upload-Offset': '0',
					'Content-Type': 'application/offset+octet-stream'
				},
				body: document.querySelector('#bare').files[0]
			});
			if (!response.ok) throw new Error('answered ' + response.status);
			return performance.now() - begun;
		})()`);
		return (bytes * 1000) / MB / ms;
	} finally {
		await browser.close();
	}
}

async function sendByPage(site: PortalSite, file: string, bytes: number): Promise<Sent> {
	const browser = await startBrowser();
	const rss = new Rss(site.portal.pid ?? 0);
	try {
		const { page, meter } = await openUploadPage(browser.context, site);
		const arrivals = new Arrivals(site.owner, {
			everyMs: LOOKED_EVERY_MS,
			patienceMs: PATIENCE_MS
		});
		const before = await rss.now();
		await meter.begin(1);
		await meter.network.stop();
		rss.begin();
		const stoodStill = await collectorSeconds(site.portal);
		await page.getByTestId('upload-input').setInputFiles(file);
		await lies(site, bytes);
		const storedAt = await arrivals.stored(1);
		if (storedAt === null) throw new Error('it was not stored');
		const whileSent = rss.most;
		const standsStill = await collectorSeconds(site.portal);
		const begunAt = await meter.begunAt();
		const { heapBefore, heapMost } = await meter.close();
		await sleep(AFTERWARDS_MS);
		return {
			megabytesPerSecond: (bytes * 1000) / MB / (storedAt - begunAt),
			...{ before, while: whileSent, afterwards: await rss.now() },
			...{ heapBefore, heapMost, collectorSeconds: standsStill - stoodStill }
		};
	} finally {
		rss.close();
		await browser.close();
	}
}

/** Resolves when a file that comes lies on the server's disk with all its bytes. */
async function lies({ portal }: PortalSite, bytes: number): Promise<void> {
	const folder = path.join(portal.dataDir, 'storage', 'partials');
	let hasBegun = false;
	for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
		const sizes = await Promise.all(
			(await readdir(folder)).map((name) =>
				stat(path.join(folder, name)).then(
					({ size }) => size,
					() => 0 // it was moved meanwhile
				)
			)
		);
		const most = Math.max(0, ...sizes);
		if (most === bytes || (hasBegun && sizes.length === 0)) return;
		hasBegun ||= most > 0;
		await sleep(LOOKED_EVERY_MS);
	}
	throw new Error('it never came');
}

/** How much memory a process has, in MB. */
class Rss {
	readonly #pid: number;
	#timer: ReturnType<typeof setInterval> | null = null;
	most = 0;

	constructor(pid: number) {
		this.#pid = pid;
	}

	async now(): Promise<number> {
		const { stdout } = await execute('ps', ['-o', 'rss=', '-p', String(this.#pid)]);
		return (Number(stdout) * 1024) / MB;
	}

	begin() {
		this.#timer = setInterval(() => {
			this.now().then(
				(rss) => (this.most = Math.max(this.most, rss)),
				() => {} // it ended
			);
		}, RSS_EVERY_MS);
	}

	close() {
		if (this.#timer) clearInterval(this.#timer);
	}
}

async function checkRoom(folder: string, gib: number): Promise<void> {
	if (gib > MOST_GIB) throw new Error(`A WAV holds no more than ${MOST_GIB} GiB.`);
	const { bavail, bsize } = await statfs(folder);
	const needed = COPIES * gib * GIB;
	if (bavail * bsize >= needed) return;
	const [free, wanted] = [bavail * bsize, needed].map((bytes) => `${(bytes / GIB).toFixed(1)} GiB`);
	throw new Error(
		`${folder} has ${free} free and ${wanted} are needed: TMPDIR names another place.`
	);
}
