import { expect, test } from 'vitest';
import {
	chosenFiles,
	droppedFiles,
	fromEntry,
	fromHandle,
	handfuls,
	inHands,
	LeftOut,
	passesOver,
	pickedFiles,
	walk
} from './dropped-files.ts';

type Tree = { [name: string]: Tree | 'file' };

/** A folder as a drop shows it, which answers two entries at a time. */
function entriesOf(tree: Tree, above = ''): FileSystemEntry[] {
	return Object.entries(tree).map(([name, inside]) => {
		const fullPath = `${above}/${name}`;
		if (inside === 'file') {
			const file = (done: (file: File) => void) => done(new File(['x'], name));
			return { name, fullPath, isFile: true, isDirectory: false, file } as never;
		}
		const rest = entriesOf(inside, fullPath);
		const createReader = () => ({
			readEntries: (done: (part: FileSystemEntry[]) => void) => done(rest.splice(0, 2))
		});
		return { name, fullPath, isFile: false, isDirectory: true, createReader } as never;
	});
}

/** The same as a picker shows it. */
function handleOf(name: string, tree: Tree | 'file'): FileSystemHandle {
	if (tree === 'file') {
		return { name, kind: 'file', getFile: () => Promise.resolve(new File(['x'], name)) } as never;
	}
	const inside = Object.entries(tree).map(([below, rest]) => handleOf(below, rest));
	return { name, kind: 'directory', values: () => inside[Symbol.iterator]() } as never;
}

function sorting() {
	return { wants: (name: string) => /\.(mp3|flac)$/.test(name), leftOut: new LeftOut() };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
	const found: T[] = [];
	for await (const item of source) found.push(item);
	return found;
}

const walked = (tree: Tree, how = sorting()) =>
	all(
		walk(
			entriesOf(tree).map((entry) => fromEntry(entry)),
			how
		)
	);

test('a folder is walked to its last file, in the order of numbers', async () => {
	const found = await walked({
		Album: { '10.flac': 'file', '2.flac': 'file', '1.flac': 'file', 'Disc 2': { '1.flac': 'file' } }
	});

	expect(found.map(({ path }) => path)).toEqual([
		'Album/1.flac',
		'Album/2.flac',
		'Album/10.flac',
		'Album/Disc 2/1.flac'
	]);
});

test('a folder that was picked is walked like one that was dropped, and can be opened again', async () => {
	const album = handleOf('Album', { 'Disc 2': { '1.flac': 'file' }, '1.flac': 'file' });

	const [found] = await all(pickedFiles([album], sorting()));

	expect(found?.map(({ path }) => path)).toEqual(['Album/1.flac', 'Album/Disc 2/1.flac']);
	expect(found?.map(({ root }) => root?.inside)).toEqual([['1.flac'], ['Disc 2', '1.flac']]);
	expect(found?.every(({ root }) => root?.handle === album)).toBe(true);
});

test('a file that was dropped or picked alone has no path and is not sorted', async () => {
	const how = sorting();
	const notes = handleOf('notes.txt', 'file');

	expect((await walked({ 'notes.txt': 'file' }, how))[0]?.path).toBe(null);
	const [picked] = await all(pickedFiles([notes], how));
	expect(picked?.[0]?.root).toEqual({ handle: notes, inside: [] });
	expect(how.leftOut.files).toBe(0);
});

test('what was dropped as one root is opened by its one handle', async () => {
	const handle = handleOf('Album', {});
	const entries = entriesOf({ Album: { 'Disc 1': { 'a.mp3': 'file' } } });

	const [found] = await all(
		walk(
			entries.map((entry) => fromEntry(entry, handle)),
			sorting()
		)
	);

	expect(found?.root).toEqual({ handle, inside: ['Disc 1', 'a.mp3'] });
});

test('what a dropped folder’s handle passes over is found all the same, and only that has no way back', async () => {
	const [entry] = entriesOf({
		Albums: { Out: { '1.mp3': 'file', '2 Why?.mp3': 'file' }, 'R.E.M.': { '1.mp3': 'file' } }
	});
	const handle = handleOf('Albums', { Out: { '1.mp3': 'file' } });
	const item = {
		kind: 'file',
		webkitGetAsEntry: () => entry,
		getAsFileSystemHandle: () => Promise.resolve(handle)
	};

	const [found] = await all(droppedFiles({ items: [item], files: [] } as never, sorting()));

	expect(found?.map(({ path, root }) => [path, root?.inside])).toEqual([
		['Albums/Out/1.mp3', ['Out', '1.mp3']],
		['Albums/Out/2 Why?.mp3', undefined],
		['Albums/R.E.M./1.mp3', undefined]
	]);
});

test('what systems leave behind and what is no music is left out, and counted', async () => {
	const how = sorting();

	const found = await walked(
		{
			a: {
				'.DS_Store': 'file',
				'._b.mp3': 'file',
				'.git': { 'x.mp3': 'file' },
				'b.mp3': 'file',
				'b.TXT': 'file',
				licence: 'file'
			}
		},
		how
	);

	expect(found.map(({ path }) => path)).toEqual(['a/b.mp3']);
	expect(how.leftOut.files).toBe(5);
	expect(how.leftOut.endings.toSorted()).toEqual(['.txt', 'hidden', 'none']);
});

test('a folder of an input is sorted, its single files are not', () => {
	const how = sorting();
	const inFolder = (path: string) =>
		Object.defineProperty(new File(['x'], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
			value: path
		});

	const kept = chosenFiles(
		[inFolder('a/b.mp3'), inFolder('a/c.txt'), inFolder('.x/d.mp3'), new File(['x'], 'e.txt')],
		how
	);

	expect(kept.map(({ file }) => file.name)).toEqual(['b.mp3', 'e.txt']);
	expect(how.leftOut.files).toBe(2);
});

test('ten thousand files of a picked folder take no longer than they must', async () => {
	const tree: Tree = {};
	for (let at = 0; at < 10_000; at += 1) tree[`r${at % 400}`] ??= {} as never as Tree;
	for (let at = 0; at < 10_000; at += 1) (tree[`r${at % 400}`] as Tree)[`${at}.mp3`] = 'file';

	const hands = await all(handfuls(walk([rooted(handleOf('all', tree))], sorting())));

	expect(hands.flat()).toHaveLength(10_000);
	expect(hands[0]).toHaveLength(200);
});

function rooted(handle: FileSystemHandle) {
	return fromHandle(handle, handle, []);
}

test('files are handed on in handfuls, the last one smaller', async () => {
	async function* five() {
		yield* [1, 2, 3, 4, 5];
	}

	expect(await all(handfuls(five(), 2))).toEqual([[1, 2], [3, 4], [5]]);
});

test('pictures are called so only where there was nothing else', () => {
	const leftOut = new LeftOut();
	leftOut.add('Scan 1.JPG');
	leftOut.add('Scan 2.png');
	expect(leftOut.endings).toEqual(['pictures']);

	leftOut.keep('cover.jpg');
	expect(leftOut.endings).toEqual(['pictures']);

	leftOut.keep('song.flac');
	expect(leftOut.endings).toEqual(['.jpg', '.png']);
});

test('a chosen folder may lack names that Windows could not have, where files are called so', () => {
	expect(['Linux', 'macOS', 'MacIntel', 'Linux x86_64', 'Chrome OS'].map(passesOver)).not.toContain(
		false
	);
	expect(['Windows', 'Win32', 'Android'].map(passesOver)).not.toContain(true);
});

test('between two handfuls of chosen files the page has its turn', async () => {
	const hands = inHands([1, 2, 3, 4, 5], 2);
	const seen: unknown[] = [];
	setTimeout(() => seen.push('page'));

	for await (const hand of hands) seen.push(hand);

	expect(seen).toEqual([[1, 2], 'page', [3, 4], [5]]);
});
