/** A file and where it lay in the folder it was dropped with. */
export interface DroppedFile {
	file: File;
	path: string | null;
}

/** How many files are handed on together while a folder is still being walked. */
const HANDFUL = 200;
/** How many files and folders are opened at the same time. */
const AHEAD = 32;

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
	for (let at = 0; at < entries.length; at += AHEAD) {
		// What comes next is opened while the first is handed on: one by one, ten thousand take long.
		const opened = entries.slice(at, at + AHEAD).map((entry) => ({
			entry,
			inside: entry.isDirectory ? list(entry as FileSystemDirectoryEntry) : null,
			file: entry.isFile ? open(entry as FileSystemFileEntry) : null
		}));
		for (const { entry, inside, file } of opened) {
			if (inside) yield* walk(await inside);
			const found = await file;
			if (found) yield { file: found, path: pathOf(entry) };
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
		if (part.length === 0) break;
		all.push(...part.filter(({ name }) => !name.startsWith('.'))); // what systems leave behind
	}
	return all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function open(entry: FileSystemFileEntry): Promise<File | null> {
	return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
