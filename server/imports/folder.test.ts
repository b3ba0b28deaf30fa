import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder } from './folder.ts';
import type { ListedItem } from './items.ts';
import type { FetchItem, OpenSource, SourceContext } from './source.ts';

const OWNER = { id: 'o', name: 'O', email: 'o@portal.test', role: 'owner' } as const;
const context = (role: 'owner' | 'artist' = 'owner') =>
	({ person: { ...OWNER, role } }) as unknown as SourceContext;
const FRESH = { offset: 0, ifRange: null };

let place = '';
let root = '';
beforeAll(async () => {
	place = await mkdtemp(path.join(tmpdir(), 'segue-folder-'));
	root = path.join(place, 'music');
	for (const folder of ['B side/disc 2', 'A', '.hidden', '@eaDir', 'swap']) {
		await mkdir(path.join(root, folder), { recursive: true });
	}
	await mkdir(path.join(place, 'secret'));
	const files = {
		'A/1.mp3': 'one',
		'A/cover.jpg': 'front',
		'A/notes.txt': 'no music',
		'B side/disc 2/z.flac': 'z',
		'B side/a.flac': 'a',
		'.hidden/x.mp3': 'x',
		'@eaDir/x.mp3': 'x',
		'swap/s.mp3': 'mine',
		'last.mp3': 'last'
	};
	for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, name), text);
	await writeFile(path.join(place, 'secret/s.mp3'), 'secret');
	await symlink(path.join(place, 'secret'), path.join(root, 'A/way-out'));
	await symlink(path.join(place, 'secret/s.mp3'), path.join(root, 'A/link.mp3'));
	await symlink(root, path.join(place, 'alias'));
	execFileSync('mkfifo', [path.join(root, 'A/pipe.mp3')]);
});
afterAll(() => rm(place, { recursive: true, force: true }));

const folder = () => createFolder({ roots: [root] });
const opened = (at = root) =>
	folder().open({ source: 'folder', path: at, mode: 'copy', watch: false }, context());

async function all(source: OpenSource): Promise<ListedItem[]> {
	const items: ListedItem[] = [];
	for (let cursor: string | null = null; ;) {
		const page = await source.list(cursor);
		items.push(...page.items);
		cursor = page.next;
		if (cursor === null) return items;
	}
}

async function bytes(source: OpenSource, relative: string): Promise<string> {
	const item: FetchItem = { sourceId: relative, name: relative, locator: relative };
	return (await buffer((await source.fetch(item, FRESH)).body)).toString();
}

test('music is listed with its folders, always in the same order', async () => {
	const items = await all(await opened());
	expect(items.map(({ path: where }) => where)).toEqual([
		'music/A/1.mp3',
		'music/A/cover.jpg',
		'music/B side/a.flac',
		'music/B side/disc 2/z.flac',
		'music/last.mp3',
		'music/swap/s.mp3'
	]);
	expect(await bytes(await opened(), 'B side/a.flac')).toBe('a');
});

test('a listing goes on behind any file, as after a restart', async () => {
	const items = await all(await opened());
	for (const [at, { sourceId }] of items.entries()) {
		const rest = await (await opened()).list(sourceId);
		expect(rest.items.map((item) => item.sourceId)).toEqual(
			items.slice(at + 1).map((item) => item.sourceId)
		);
	}
});

test.each([
	['a link', 'A/link.mp3'],
	['a way through a linked folder', 'A/way-out/s.mp3'],
	['a pipe', 'A/pipe.mp3'],
	['a folder', 'A'],
	['a way up', '../secret/s.mp3'],
	['nothing', 'A/none.mp3']
])('%s is not read', async (_what, relative) => {
	await expect(bytes(await opened(), relative)).rejects.toMatchObject({ scope: 'item' });
});

test('a folder that became a link since it was listed is not followed', async () => {
	const source = await opened();
	await source.list(null);
	await rename(path.join(root, 'swap'), path.join(root, 'swapped'));
	await symlink(path.join(place, 'secret'), path.join(root, 'swap'));

	await expect(bytes(source, 'swap/s.mp3')).rejects.toMatchObject({ code: 'not_there' });

	await rm(path.join(root, 'swap'));
	await rename(path.join(root, 'swapped'), path.join(root, 'swap'));
});

test('reading goes on from a byte while the file is the same, and begins again when it is not', async () => {
	const file = path.join(root, 'last.mp3');
	const source = await opened();
	const item = { sourceId: 'last.mp3', name: 'last.mp3', locator: 'last.mp3' };
	const { validator, body } = await source.fetch(item, FRESH);
	await buffer(body);

	const rest = await source.fetch(item, { offset: 2, ifRange: validator });
	expect([rest.offset, (await buffer(rest.body)).toString()]).toEqual([2, 'st']);

	await writeFile(file, 'other');
	const anew = await source.fetch(item, { offset: 2, ifRange: validator });
	expect([anew.offset, (await buffer(anew.body)).toString()]).toEqual([0, 'other']);
});

test('a file that changes while it is read is not taken for whole', async () => {
	const file = path.join(root, 'growing.mp3');
	await writeFile(file, 'half');
	const source = await opened();
	const { body } = await source.fetch(
		{ sourceId: 'growing.mp3', name: 'growing.mp3', locator: 'growing.mp3' },
		FRESH
	);
	await writeFile(file, 'half and half');

	await expect(buffer(body)).rejects.toMatchObject({ code: 'changed_meanwhile', scope: 'later' });
	expect((await readFile(file)).toString()).toBe('half and half');
	await rm(file);
});

test.each([
	['outside of the roots', () => path.join(place, 'secret')],
	['beside a root, with its name at the front', () => `${root}-other`],
	['through a link that leads out', () => path.join(root, 'A/way-out')],
	['up and away', () => path.join(root, '../secret')],
	['no folder', () => path.join(root, 'last.mp3')],
	['not there', () => path.join(root, 'none')],
	['relative', () => 'music'],
	['with a zero', () => `${root}\0`]
])('a folder that is %s is not found', async (_what, at) => {
	const order = { source: 'folder', path: at(), mode: 'copy', watch: false } as const;
	await expect(folder().admit?.(order, OWNER)).rejects.toMatchObject({ code: 'not_found' });
	await expect(folder().open(order, context())).rejects.toMatchObject({ code: 'not_there' });
});

test('a file is adopted without a second copy, or it is said that it has to be copied', async () => {
	const source = await folder().open(
		{ source: 'folder', path: root, mode: 'adopt', watch: false },
		context()
	);
	const item = { sourceId: 'last.mp3', name: 'last.mp3', locator: 'last.mp3' };
	const target = path.join(place, 'adopted');
	const file = path.join(root, 'last.mp3');

	const { adopt, body } = await source.fetch(item, FRESH);
	const adopted = await adopt?.(target);
	body.destroy();

	const [mine, theirs] = [await stat(file), await stat(target).catch(() => null)];
	if (adopted?.kept === 'copied') expect(theirs).toBeNull();
	else expect((await readFile(target)).equals(await readFile(file))).toBe(true);
	expect(mine.ino === theirs?.ino).toBe(adopted?.kept === 'linked');
	await rm(target, { force: true });
});

test('another file that took the place of the opened one is not adopted', async () => {
	const file = path.join(root, 'place.mp3');
	const target = path.join(place, 'adopted');
	await writeFile(file, 'mine');
	const source = await folder().open(
		{ source: 'folder', path: root, mode: 'adopt', watch: false },
		context()
	);
	const item = { sourceId: 'place.mp3', name: 'place.mp3', locator: 'place.mp3' };
	const { adopt, body } = await source.fetch(item, FRESH);
	await rename(file, `${file}.old`);
	await symlink(path.join(place, 'secret/s.mp3'), file);

	const adopted = await adopt?.(target);

	body.destroy();
	// A clone is of what was opened; a second name would be the link's.
	if (adopted?.kept === 'cloned') expect((await readFile(target)).toString()).toBe('mine');
	else {
		expect(adopted?.kept).toBe('copied');
		await expect(stat(target)).rejects.toThrow('ENOENT');
	}
	for (const each of [file, `${file}.old`, target]) await rm(each, { force: true });
});

test('a root is reached by another of its names, and nobody but the owner reaches it', async () => {
	const order = {
		source: 'folder',
		path: path.join(place, 'alias/A'),
		mode: 'copy',
		watch: false
	} as const;
	await folder().admit?.(order, OWNER);
	expect(await all(await opened(order.path))).toHaveLength(2);
	await expect(folder().admit?.(order, { ...OWNER, role: 'artist' })).rejects.toMatchObject({
		code: 'forbidden'
	});
	await expect(folder().open(order, context('artist'))).rejects.toMatchObject({
		code: 'not_there'
	});
	await expect(createFolder({ roots: [] }).admit?.(order, OWNER)).rejects.toMatchObject({
		code: 'not_found'
	});
});
