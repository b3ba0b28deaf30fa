import { expect, test } from 'vitest';
import { handfuls, walk } from './dropped-files.ts';

type Tree = { [name: string]: Tree | 'file' };

/** A folder as a browser shows it, which answers two entries at a time. */
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

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
	const found: T[] = [];
	for await (const item of source) found.push(item);
	return found;
}

test('a folder is walked to its last file, in the order of numbers', async () => {
	const entries = entriesOf({
		Album: { '10.flac': 'file', '2.flac': 'file', '1.flac': 'file', 'Disc 2': { '1.flac': 'file' } }
	});

	const found = await all(walk(entries));

	expect(found.map(({ path }) => path)).toEqual([
		'Album/1.flac',
		'Album/2.flac',
		'Album/10.flac',
		'Album/Disc 2/1.flac'
	]);
});

test('a file that was dropped alone has no path', async () => {
	expect((await all(walk(entriesOf({ 'song.mp3': 'file' }))))[0]?.path).toBe(null);
});

test('what systems leave behind is left out', async () => {
	const entries = entriesOf({ a: { '.DS_Store': 'file', '._b.mp3': 'file', 'b.mp3': 'file' } });

	expect((await all(walk(entries))).map(({ path }) => path)).toEqual(['a/b.mp3']);
});

test('files are handed on in handfuls, the last one smaller', async () => {
	async function* five() {
		yield* [1, 2, 3, 4, 5];
	}

	expect(await all(handfuls(five(), 2))).toEqual([[1, 2], [3, 4], [5]]);
});
