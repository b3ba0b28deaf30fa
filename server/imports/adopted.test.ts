import { appendFile, link, mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../catalogue/catalogue.ts';
import { createAdoptedFiles } from './adopted.ts';
import { versionOf } from './folder-adopt.ts';

const HOUR_MS = 60 * 60 * 1000;
const NAMES = ['kept.mp3', 'written.mp3', 'moved.mp3', 'replaced.mp3'];

let place: string;
let root: string;
let catalogue: Catalogue;

beforeEach(async () => {
	place = await mkdtemp(path.join(tmpdir(), 'segue-adopted-'));
	root = path.join(place, 'music');
	await mkdir(root);
	catalogue = await openCatalogue({ file: path.join(place, 'segue.db') });
});
afterEach(async () => {
	await catalogue.close();
	await rm(place, { recursive: true, force: true });
});

/** An import whose files are kept by a second name each. */
async function adopted(): Promise<void> {
	const [email, role, now] = ['ada@portal.test', 'owner', Date.now()] as const;
	const person = await catalogue.people.add({ email, name: 'Ada', role, passwordHash: '', now });
	const owner = { personId: person?.id ?? '', place: 'there', importId: 'one' };
	const body = JSON.stringify({ source: 'folder', path: root, mode: 'adopt', watch: false });
	await catalogue.imports.add({
		...{ id: 'one', personId: owner.personId, place: owner.place, label: 'music', body, now },
		...{ source: 'folder', secret: null, publish: false }
	});
	for (const [at, name] of NAMES.entries()) {
		const file = path.join(root, name);
		await writeFile(file, name);
		await link(file, path.join(place, name));
		await using handle = await open(file);
		const item = { sourceId: name, name, state: 'waiting', locator: name } as const;
		const rest = { path: null, size: null, changed: null, type: null, sha256: null };
		await catalogue.importItems.take(owner, [{ ...item, ...rest, description: null }]);
		const keptVersion = versionOf(await handle.stat());
		await catalogue.importItems.change(at + 1, { state: 'ready', kept: 'linked', keptVersion });
	}
}

test('once an hour it is found which shared files were written to, and which are gone', async () => {
	await adopted();
	let at = 0;
	let told = 0;
	const files = createAdoptedFiles({
		...{ catalogue, roots: [root], now: () => at },
		onchange: async () => void (told += 1)
	});
	const row = async () => (await catalogue.imports.byId('one'))!;
	await files.look(await row());
	expect(await row()).toMatchObject({ shared: 4, copied: 0, altered: 0, gone: 0 });

	await appendFile(path.join(root, 'written.mp3'), 'more');
	await rename(path.join(root, 'moved.mp3'), path.join(root, 'elsewhere.mp3'));
	await writeFile(path.join(root, 'new'), 'another');
	await rename(path.join(root, 'new'), path.join(root, 'replaced.mp3'));
	await files.sweep();
	expect(await row()).toMatchObject({ altered: 0, gone: 0 });
	at += HOUR_MS;
	await files.sweep();
	expect(await row()).toMatchObject({ shared: 4, altered: 1, gone: 2 });

	// Of a disk that is not mounted nothing is known.
	await rename(root, `${root} away`);
	at += HOUR_MS;
	await files.sweep();
	expect(await row()).toMatchObject({ shared: 4, altered: 1, gone: 2 });
	expect(told).toBe(2);
});
