import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMusic } from '../support/music.ts';
import { OWNER, startPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';
import { Wire } from '../support/wire.ts';

let started: Awaited<ReturnType<typeof startPortal>>;
let wire: Wire;
let folder: string;

beforeAll(async () => {
	started = await startPortal();
	wire = await Wire.to(started.portal.port);
	folder = await mkdtemp(path.join(tmpdir(), 'segue-flip-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
	wire.close();
	await started.close();
});

test('a bit that flips on the way is noticed, and the chunk is sent again', async () => {
	const { portal } = started;
	const song = await makeMusic({ format: 'wav', seconds: 2, hertz: 900 });
	await writeFile(path.join(folder, 'Flipped.wav'), song);
	const env = { DATA_DIR: portal.dataDir };
	const token = (await runSegue(['token', 'create', '--email', OWNER.email], env)).trim();
	wire.flip();

	const to = `http://127.0.0.1:${wire.port}`;
	const said = await runSegue(['upload', folder, '--to', to, '--token', token], env);

	expect(said).toContain('1 ready, 0 failed');
	// One chunk went twice.
	expect(wire.sent).toBeGreaterThan(song.length * 1.5);
	const owner = await portal.signIn();
	const { tracks } = (await (await owner.fetch('/api/tracks')).json()) as {
		tracks: { originalUrl: string }[];
	};
	const answer = await owner.fetch(tracks[0]?.originalUrl ?? '');
	// Originals are kept by what is in them.
	const hash = createHash('sha256').update(song).digest('hex');
	expect(answer.headers.get('X-Accel-Redirect')).toContain(hash);
});
