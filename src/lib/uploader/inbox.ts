import type { Upload } from './upload.ts';

/** Files that failed for the same reason. */
export interface Cause {
	code: string;
	uploads: readonly Upload[];
}

/** What did not become music, by why: the most common reason first. */
export function causesOf(all: readonly Upload[]): readonly Cause[] {
	const causes = new Map<string, Upload[]>();
	for (const upload of all) {
		const { state } = upload;
		if (state.kind !== 'failed' && state.kind !== 'refused') continue;
		const cause = causes.get(state.code);
		if (cause) cause.push(upload);
		else causes.set(state.code, [upload]);
	}
	return Array.from(causes, ([code, uploads]) => ({ code, uploads })).sort(
		(a, b) => b.uploads.length - a.uploads.length
	);
}

/** The same as a table that a spreadsheet takes from the clipboard. */
export function reportOf(uploads: readonly Upload[], words: (code: string) => string): string {
	const lines = uploads.map(({ name, path, size, state }) =>
		[name, folderOf(path), String(size), 'code' in state ? words(state.code) : '']
			.map((cell) => cell.replace(/[\t\r\n]+/g, ' '))
			.join('\t')
	);
	return [['Name', 'Folder', 'Bytes', 'Reason'].join('\t'), ...lines, ''].join('\n');
}

function folderOf(path: string | null): string {
	return path?.slice(0, Math.max(0, path.lastIndexOf('/'))) ?? '';
}
