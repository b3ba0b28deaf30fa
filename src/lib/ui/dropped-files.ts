/** A file and where it lay in the folder it was dropped with. */
export interface DroppedFile {
	file: File;
	path: string | null;
}

/** How many files are handed on together while a folder is still being walked. */
const HANDFUL = 200;

/** The files of an `<input type="file">`. */
export function chosenFiles(files: Iterable<File>): DroppedFile[] {
	return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || null }));
}

/**
 * What was dropped, folders walked, a handful at a time: the first files start while the rest is found.
 * Call it in the event itself: afterwards the browser forgets what was dropped.
 */
export function droppedFiles(transfer: DataTransfer): AsyncGenerator<DroppedFile[]> {
	const entries: FileSystemEntry[] = [];
	for (const item of transfer.items) {
		const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
		if (entry) entries.push(entry);
	}
	return handfuls(entries.length > 0 ? walk(entries) : plain(transfer.files));
}

async function* plain(files: FileList): AsyncGenerator<DroppedFile> {
	yield* chosenFiles(files);
}

/** Depth first, in the order of names, so that a release arrives track by track. */
export async function* walk(entries: FileSystemEntry[]): AsyncGenerator<DroppedFile> {
	for (const entry of entries) {
		if (entry.name.startsWith('.')) continue; // what systems leave behind
		if (entry.isDirectory) {
			const inside = await list(entry as FileSystemDirectoryEntry);
			inside.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
			yield* walk(inside);
		} else {
			const file = await open(entry as FileSystemFileEntry);
			if (file) yield { file, path: pathOf(entry) };
		}
	}
}

export async function* handfuls<T>(source: AsyncIterable<T>, size = HANDFUL): AsyncGenerator<T[]> {
	let hand: T[] = [];
	for await (const item of source) {
		hand.push(item);
		if (hand.length < size) continue;
		yield hand;
		hand = [];
	}
	if (hand.length > 0) yield hand;
}

function pathOf(entry: FileSystemEntry): string | null {
	const path = entry.fullPath.replace(/^\/+/, '');
	return path.includes('/') ? path : null;
}

/** A directory reader answers in parts (Chromium: 100 at a time) and says the end with an empty one. */
async function list(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = directory.createReader();
	const all: FileSystemEntry[] = [];
	for (;;) {
		const part = await new Promise<FileSystemEntry[]>((resolve) => {
			reader.readEntries(resolve, () => resolve([])); // not ours to read: the rest goes on
		});
		if (part.length === 0) return all;
		all.push(...part);
	}
}

function open(entry: FileSystemFileEntry): Promise<File | null> {
	return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
