/** Files of one folder, in the order they came. */
export interface Folder<T> {
	/** The folder's path, or '' for files that came alone. */
	path: string;
	files: T[];
}

/** Groups files by the folder they lay in; folders stay in the order of their first file. */
export function byFolder<T extends { path: string | null }>(files: readonly T[]): Folder<T>[] {
	const folders = new Map<string, Folder<T>>();
	for (const file of files) {
		const path = file.path?.slice(0, Math.max(0, file.path.lastIndexOf('/'))) ?? '';
		const folder = folders.get(path);
		if (folder) folder.files.push(file);
		else folders.set(path, { path, files: [file] });
	}
	return [...folders.values()];
}
