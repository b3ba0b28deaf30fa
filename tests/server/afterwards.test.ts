import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Peaks, type Track } from '#contracts/track';
import * as v from 'valibot';
import { makeMusic, variations, type Recipe } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { retryUntil } from '../support/until.ts';

const run = promisify(execFile);

const trackBy = async (client: Client, id: string) =>
	(await (await client.fetch(`/api/tracks/${id}`)).json()) as Track;

/** Waits until nothing more is done for a track that its artist sees. */
const settled = (client: Client, id: string) =>
	retryUntil(
		() => trackBy(client, id),
		({ measured, renditions }) =>
			measured !== 'waiting' && renditions!.every(({ state }) => state !== 'waiting')
	);

async function sent(client: Client, name: string, bytes: Uint8Array<ArrayBuffer>, publish = true) {
	const { state, trackId } = await client.outcome(await client.send(name, bytes, { publish }));
	expect(state).toBe('ready');
	return trackId!;
}

/** Where the edge would find what an address gives. */
async function fileOf(portal: TestPortal, client: Client, url: string) {
	const response = await client.fetch(url);
	const relative = response.headers.get('X-Accel-Redirect');
	return {
		status: response.status,
		type: response.headers.get('Content-Type'),
		file: relative && path.join(portal.dataDir, 'storage', relative)
	};
}

async function probed(file: string) {
	const entries = ['stream=codec_name,channels,sample_rate', 'format=duration,bit_rate'];
	const args = ['-v', 'error', '-show_entries', entries.join(':'), '-of', 'json', file];
	const { streams, format } = JSON.parse((await run('ffprobe', args)).stdout);
	return { ...streams[0], seconds: Number(format.duration), bits: Number(format.bit_rate) };
}

describe('a track that plays', () => {
	let portal: TestPortal;
	let close: () => Promise<void>;
	let owner: Client;

	beforeAll(async () => {
		({ portal, close } = await startPortal());
		owner = await portal.signIn();
	});
	afterAll(() => close());

	let hertz = 900;
	const music = (recipe: Recipe) => makeMusic({ seconds: 3, hertz: (hertz += 13), ...recipe });

	test('gets a picture, a loudness, and copies for browsers and slow links', async () => {
		// Half as loud in its second half.
		const args = ['-af', "volume='if(lt(t,1.5),4,2)':eval=frame", '-ac', '2'];
		const id = await sent(owner, 'long.flac', await music({ format: 'flac', args }));
		const track = await settled(owner, id);

		expect(track.measured).toBe('ready');
		expect(track.renditions!.map(({ kind, state }) => [kind, state])).toEqual([
			['original', 'ready'],
			['aac', 'ready'],
			['opus', 'ready']
		]);

		const { status, type, file } = await fileOf(portal, portal.visitor, track.peaksUrl!);
		expect([status, type]).toEqual([200, 'application/json']);
		const drawn = await readFile(file!, 'utf8');
		expect(drawn.length).toBeLessThanOrEqual(2000);
		const { peaks } = v.parse(Peaks, JSON.parse(drawn));
		expect(peaks.length).toBeGreaterThan(300);
		const [loud, quiet] = [peaks[Math.floor(peaks.length / 4)]!, peaks.at(-20)!];
		expect(loud / quiet).toBeCloseTo(2, 1);

		const expected = await ebur128(owner, track, portal);
		const { integrated, truePeak } = track.loudness!;
		// Two meters, each of which rounds to tenths and cuts off its last block elsewhere.
		expect(Math.abs(integrated! - expected.integrated)).toBeLessThan(0.25);
		expect(Math.abs(truePeak! - expected.truePeak)).toBeLessThan(0.25);

		for (const [kind, codec] of [
			['aac', 'aac'],
			['opus', 'opus']
		]) {
			const { url, bitsPerSecond } = track.renditions!.find((each) => each.kind === kind)!;
			const stream = await fileOf(portal, portal.visitor, url!);
			expect(stream.type).toContain(kind === 'aac' ? 'audio/mp4' : 'codecs=opus');
			const made = await probed(stream.file!);
			expect(made).toMatchObject({ codec_name: codec, channels: 2 });
			expect(made.seconds).toBeCloseTo(3, 1);
			expect(bitsPerSecond).toBe(kind === 'aac' ? 256_000 : 128_000);
		}
	});

	test('in small is not encoded again', async () => {
		const args = ['-b:a', '128k'];
		const id = await sent(owner, 'small.mp3', await music({ format: 'mp3', args }));
		const { renditions, measured } = await settled(owner, id);

		expect(measured).toBe('ready');
		expect(renditions!.map(({ kind }) => kind)).toEqual(['original']);
	});

	test('that had to be encoded before it did is not encoded to the same again', async () => {
		const id = await sent(owner, 'raw.wav', await music({ format: 'wav' }));

		const { renditions } = await trackBy(owner, id);
		expect(renditions!.find(({ kind }) => kind === 'aac')).toMatchObject({ state: 'ready' });
		const { renditions: all } = await settled(owner, id);
		expect(all!.map(({ kind, state }) => [kind, state])).toEqual([
			['aac', 'ready'],
			['opus', 'ready']
		]);
	});

	test('and is more than a link may carry is streamed as AAC, once that is there', async () => {
		const args = ['-sample_fmt', 's32', '-ar', '192000', '-ac', '2', '-af', 'anoisesrc,aformat'];
		const noise = [
			'-filter_complex',
			'anoisesrc=d=3:r=192000:a=0.3,aformat=channel_layouts=stereo'
		];
		const wide = await music({ format: 'flac', args: [...noise, ...args.slice(0, 6)] });
		const id = await sent(owner, 'wide.flac', wide);
		const { streamUrl, renditions } = await settled(owner, id);

		expect(streamUrl).toBe(`/media/tracks/${id}/aac`);
		expect(renditions![0]).toMatchObject({ kind: 'original', url: `/media/tracks/${id}/stream` });
	});

	test.each([
		['mp3', { hertz: 44_100, delay: 576 }],
		['m4a', { hertz: 44_100, delay: 1024 }],
		['opus', { hertz: 48_000, delay: 312 }]
	] as const)('says what its encoder added: %s', async (format, gapless) => {
		const id = await sent(owner, `edge.${format}`, await music({ format }));

		expect((await settled(owner, id)).gapless).toMatchObject(gapless);
	});

	test('and is silent has no loudness, and peaks of nothing', async () => {
		const args = ['-af', 'volume=0'];
		const id = await sent(owner, 'silence.flac', await music({ format: 'flac', args }));
		const track = await settled(owner, id);

		expect(track.loudness).toEqual({ integrated: null, truePeak: null });
		const { file } = await fileOf(portal, owner, track.peaksUrl!);
		expect(new Set(JSON.parse(await readFile(file!, 'utf8')).peaks)).toEqual(new Set([0]));
	});

	test('for its artist alone shows nothing of itself to others', async () => {
		const id = await sent(owner, 'draft.flac', await music({ format: 'flac' }), false);
		const { peaksUrl, renditions } = await settled(owner, id);

		const urls = [peaksUrl!, ...renditions!.map(({ url }) => url!)];
		for (const url of urls) {
			expect((await owner.fetch(url)).status).toBe(200);
			expect((await portal.visitor.fetch(url)).status).toBe(404);
		}
	});

	test('has no tag of its original in its copies', async () => {
		const tags = { title: 'Secret title', comment: 'call me at home', lyrics: 'la la' };
		const id = await sent(
			owner,
			'tagged.flac',
			await music({ format: 'flac', tags, cover: 'red' })
		);
		const { renditions } = await settled(owner, id);

		for (const { url } of renditions!.slice(1)) {
			const { file } = await fileOf(portal, owner, url!);
			const bytes = (await readFile(file!)).toString('latin1');
			expect(bytes).not.toMatch(/Secret title|call me at home|la la/);
		}
	});
});

/** Measured by hand, in two passes, without any of our code. */
async function ebur128(client: Client, track: Track, portal: TestPortal) {
	const { file } = await fileOf(portal, client, track.originalUrl!);
	const args = ['-hide_banner', '-nostats', '-i', file!, '-af', 'loudnorm=print_format=json'];
	const { stderr } = await run('ffmpeg', [...args, '-f', 'null', '-']);
	const said = JSON.parse(stderr.slice(stderr.lastIndexOf('{'), stderr.lastIndexOf('}') + 1));
	return { integrated: Number(said.input_i), truePeak: Number(said.input_tp) };
}

describe('behind a gate', () => {
	let folder: string;
	let portal: TestPortal;
	let close: () => Promise<void>;
	let owner: Client;

	/** Both programs write down when they run, and wait at gates that the test opens. */
	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'segue-gate-'));
		for (const program of ['ffmpeg', 'ffprobe']) {
			const { stdout } = await run('sh', ['-c', `command -v ${program}`]);
			const script = `#!/bin/sh
case "$*" in *ebur128*) does=measure ;; *) does=${program} ;; esac
echo $does >> ${folder}/log
while ! test -e ${folder}/gate-$does && ! test -e ${folder}/gate; do sleep 0.02; done
exec ${stdout.trim()} "$@"
`;
			await writeFile(path.join(folder, program), script);
			await chmod(path.join(folder, program), 0o755);
		}
		const PATH = `${folder}:${process.env['PATH']}`;
		({ portal, close } = await startPortal({ PATH, JOBS_CONCURRENCY: '1' }));
		owner = await portal.signIn();
	});
	afterAll(async () => {
		await close();
		await rm(folder, { recursive: true, force: true });
	});

	const lines = async () => {
		const text = await readFile(path.join(folder, 'log'), 'utf8').catch(() => '');
		return text.split('\n').filter(Boolean);
	};

	test('all that was dropped plays before the first picture is drawn', async () => {
		const args = ['-id3v2_version', '0', '-map_metadata', '-1'];
		const mp3 = await makeMusic({ format: 'mp3', seconds: 1, args });
		// With something behind it ffprobe is asked, which waits at the gate until all of them are there.
		const songs = variations(
			Buffer.concat([mp3, Buffer.from('no frame and no tag')]),
			[1, 2, 3, 4, 5].map((n) => ({ title: `Song ${n}` }))
		);
		const ids = await Promise.all(songs.map((song, n) => owner.send(`${n}.mp3`, song)));
		await writeFile(path.join(folder, 'gate-ffprobe'), '');
		const outcomes = await Promise.all(ids.map((id) => owner.outcome(id)));

		expect(outcomes.map(({ state }) => state)).toEqual(songs.map(() => 'ready'));
		await retryUntil(lines, (log) => log.includes('measure'));
		expect((await lines()).indexOf('measure')).toBeGreaterThanOrEqual(songs.length);
		for (const { trackId } of outcomes) {
			const { streamUrl, measured } = await trackBy(owner, trackId!);
			expect(measured).toBe('waiting');
			expect((await portal.visitor.fetch(streamUrl!)).status).toBe(200);
		}
	});

	test('what was cut off while it measured begins again, and nothing half made is served', async () => {
		const { tracks } = (await (await owner.fetch('/api/tracks')).json()) as { tracks: Track[] };
		for (const { id } of tracks) {
			expect((await owner.fetch(`/media/tracks/${id}/peaks`)).status).toBe(404);
		}
		await portal.kill();
		await writeFile(path.join(folder, 'gate'), '');
		await portal.start();

		for (const { id } of tracks) expect((await settled(owner, id)).measured).toBe('ready');
	});
});
