import { expect, test } from 'vitest';
import { byFolder } from './folders.ts';

test('files are grouped by folder, in the order they came', () => {
	const files = ['b/2.mp3', null, 'a/1.mp3', 'b/1.mp3', 'single.mp3', 'a/x/1.mp3'].map((path) => ({
		path
	}));

	const folders = byFolder(files);

	expect(folders.map(({ path, files }) => [path, files.length])).toEqual([
		['b', 2],
		['', 2],
		['a', 1],
		['a/x', 1]
	]);
});
