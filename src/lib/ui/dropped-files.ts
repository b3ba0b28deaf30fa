/** The folder or file that a person gave, and the way from there to one of its files. */
export interface DroppedRoot {
	/** The same object for all files of one root. */
	handle: FileSystemHandle;
	/** Names below the handle; none when it is the file itself. */
	inside: string[];
}

/** A file and where it lay in the folder it was dropped with. */
export interface DroppedFile {
	file: File;
	path: string | null;
	/** How the browser opens it again on another visit, where it can. */
	root?: DroppedRoot;
}

/** What was sorted out of folders: a person chose the folder, not each of these. */
export class LeftOut {
	files = 0;
	readonly #endings = new Set<string>();
	#keptMusic = false;

	/**
	 * `.txt`; `hidden` for what systems leave behind; `none` for a name without an ending; `pictures` alone where
	 * pictures are all there was.
	 */
	get endings(): string[] {
		const endings = [...this.#endings];
		const onlyPictures = !this.#keptMusic && endings.length > 0 && endings.every(isPictures);
		return onlyPictures ? ['pictures'] : endings;
	}

	/** A file was found that is wanted. */
	keep(name: string) {
		if (!isPictures(endingOf(name))) this.#keptMusic = true;
	}

	add(name: string) {
		this.files += 1;
		this.#endings.add(isHidden(name) ? 'hidden' : endingOf(name));
	}
}

const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif']);

function endingOf(name: string): string {
	const dot = name.lastIndexOf('.');
	return dot > 0 ? name.slice(dot).toLowerCase() : 'none';
}

function isPictures(ending: string): boolean {
	return PICTURES.has(ending);
}

interface Sorting {
	/** Whether a file found in a folder is wanted, by its name and type. */
	wants: (name: string, type: string) => boolean;
	leftOut: LeftOut;
}

/** How many files are handed on together while a folder is still being walked. */
const HANDFUL = 200;
/** Of what was chosen, whose sizes are asked for in between. */
const CHOSEN_HANDFUL = 50;
/** How many files and folders are opened at the same time. */
const AHEAD = 32;

/** A file or folder, whichever way the browser shows it. */
interface Node {
	name: string;
	/** With forward slashes, from the name of what was dropped. */
	path: string;
	root?: DroppedRoot;
	/** Null for a folder; null inside when it cannot be read. */
	open: (() => Promise<File | null>) | null;
	list: () => Promise<Node[]>;
}

/**
 * Whether a folder that is chosen comes without some of its files: Chromium's picker passes over names that Windows
 * could not have, also where files are called so. A drop brings them, and nothing tells what was passed over.
 * @param platform as `navigator` says it
 */
export function passesOver(platform: string): boolean {
	// On Windows there are no such names, and on a phone there is nothing to drop.
	return !/win|android/i.test(platform);
}

/** The files of an `<input type="file">`; what came with a folder is sorted. */
export function chosenFiles(files: Iterable<File>, sorting: Sorting): DroppedFile[] {
	const kept: DroppedFile[] = [];
	for (const file of files) {
		const path = file.webkitRelativePath || null;
		if (path === null || isWanted(path, file, sorting)) kept.push({ file, path });
		else sorting.leftOut.add(path.split('/').find(isHidden) ?? file.name);
	}
	return kept;
}

/**
 * What was dropped, folders walked, a handful at a time: the first files start while the rest is found.
 * Call it in the event itself: afterwards the browser forgets what was dropped.
 */
export function droppedFiles(
	transfer: DataTransfer,
	sorting: Sorting
): AsyncGenerator<DroppedFile[]> {
	const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file');
	const entries = items.map((item) => item.webkitGetAsEntry());
	const handles = items.map((item) => handleOf(item));
	const plain = chosenFiles(transfer.files, sorting);
	return entries.some((entry) => entry !== null)
		? handfuls(dropped(entries, handles, sorting))
		: inHands(plain);
}

/** What was chosen by a picker that gives handles. */
export function pickedFiles(
	handles: readonly FileSystemHandle[],
	sorting: Sorting
): AsyncGenerator<DroppedFile[]> {
	return handfuls(
		walk(
			handles.map((handle) => fromHandle(handle, handle, [])),
			sorting
		)
	);
}

/** Waits for the handles first: where there are any, they are there within the same frame. */
async function* dropped(
	entries: readonly (FileSystemEntry | null)[],
	promises: readonly Promise<FileSystemHandle | null>[],
	sorting: Sorting
) {
	const handles = await Promise.all(promises);
	const nodes = entries.flatMap((entry, at) => {
		const handle = handles[at];
		// Through its handle a large folder is read several times as fast.
		if (handle?.kind === 'directory') return [fromHandle(handle, handle, [], entry)];
		return entry ? [fromEntry(entry, handle)] : [];
	});
	yield* walk(nodes, sorting);
}

/**
 * A handful at a time, and the page draws and answers in between: what a chosen file is, its size and date, Chromium
 * asks of the disk when it is read, and everything waits. Of ten thousand that takes seconds.
 */
export async function* inHands<T>(all: readonly T[], size = CHOSEN_HANDFUL): AsyncGenerator<T[]> {
	for (let at = 0; at < all.length; at += size) {
		if (at > 0) await breath();
		yield all.slice(at, at + size);
	}
}

function breath(): Promise<void> {
	const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
	return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

/** Depth first, in the order of names, so that a release arrives track by track. */
export async function* walk(nodes: readonly Node[], sorting: Sorting): AsyncGenerator<DroppedFile> {
	for (let at = 0; at < nodes.length; at += AHEAD) {
		// What comes next is opened while the first is handed on: one by one, ten thousand take long.
		for (const begun of nodes.slice(at, at + AHEAD).map(begin)) yield* found(begun, sorting);
	}
}

interface Begun {
	node: Node;
	file: Promise<File | null> | null;
	/** Of a folder what is in it, its first files opened already. */
	inside: Promise<{ begun: Begun[]; later: Node[] }> | null;
}

function begin(node: Node): Begun {
	if (node.open) return { node, file: node.open(), inside: null };
	return { node, file: null, inside: node.list().then(beginSome) };
}

/** Folders inside are left for later, or the first look would walk the whole tree. */
function beginSome(nodes: Node[]) {
	const isNow = ({ open }: Node, at: number) => open !== null && at < AHEAD;
	const folder = nodes.findIndex((node, at) => !isNow(node, at));
	const now = folder < 0 ? nodes.length : folder;
	return { begun: nodes.slice(0, now).map(begin), later: nodes.slice(now) };
}

async function* found(
	{ node, file, inside }: Begun,
	sorting: Sorting
): AsyncGenerator<DroppedFile> {
	if (inside) {
		const { begun, later } = await inside;
		for (const one of begun) yield* found(one, sorting);
		yield* walk(
			later.filter((one) => isInPlainSight(one, sorting)),
			sorting
		);
		return;
	}
	const opened = await file;
	if (!opened) return;
	const path = node.path.includes('/') ? node.path : null;
	if (path !== null && !isWanted(path, opened, sorting)) {
		sorting.leftOut.add(node.name);
		return;
	}
	yield { file: opened, path, ...(node.root && { root: node.root }) };
}

function isInPlainSight({ name, open }: Node, { leftOut }: Sorting): boolean {
	const isSkipped = open === null && isHidden(name);
	if (isSkipped) leftOut.add(name);
	return !isSkipped;
}

function isWanted(path: string, file: File, { wants }: Sorting): boolean {
	return !path.split('/').some(isHidden) && wants(file.name, file.type);
}

function isHidden(name: string): boolean {
	return name.startsWith('.') || name === '__MACOSX';
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

/** Chromium's way back to what was dropped; it must be asked for in the event, and of every item. */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
	if (!('getAsFileSystemHandle' in item)) return Promise.resolve(null);
	const ask = item.getAsFileSystemHandle as () => Promise<FileSystemHandle | null>;
	return ask.call(item).catch(() => null);
}

export function fromEntry(entry: FileSystemEntry, handle?: FileSystemHandle | null): Node {
	const path = entry.fullPath.replace(/^\/+/, '');
	return {
		name: entry.name,
		path,
		...(handle && { root: { handle, inside: path.split('/').slice(1) } }),
		open: entry.isFile ? () => openEntry(entry as FileSystemFileEntry) : null,
		list: async () => {
			const inside = await listEntry(entry as FileSystemDirectoryEntry);
			return byName(inside).map((one) => fromEntry(one, handle));
		}
	};
}

/** @param entry the same folder as a drop shows it */
export function fromHandle(
	handle: FileSystemHandle,
	root: FileSystemHandle,
	inside: string[],
	entry?: FileSystemEntry | null
): Node {
	return {
		name: handle.name,
		path: [root.name, ...inside].join('/'),
		root: { handle: root, inside },
		open:
			handle.kind === 'file'
				? () => (handle as FileSystemFileHandle).getFile().catch(() => null) // not ours to read
				: null,
		list: async () => {
			const [handles, entries] = await Promise.all([
				listHandle(handle as FileSystemDirectoryHandle),
				entry?.isDirectory ? listEntry(entry as FileSystemDirectoryEntry) : []
			]);
			const shown = new Map(entries.map((one) => [one.name, one]));
			const nodes = handles.map((one) =>
				fromHandle(one, root, [...inside, one.name], shown.get(one.name))
			);
			// Chromium's handles pass over names that Windows could not have, such as “R.E.M.” and “Why?.mp3”.
			for (const { name } of handles) shown.delete(name);
			return byName([...nodes, ...Array.from(shown.values(), (one) => fromEntry(one))]);
		}
	};
}

async function listHandle(directory: FileSystemDirectoryHandle): Promise<FileSystemHandle[]> {
	const all: FileSystemHandle[] = [];
	try {
		for await (const handle of directory.values()) all.push(handle);
	} catch {
		// It went away, or is not ours to read: what was found goes on.
	}
	return all;
}

/** A directory reader answers in parts (Chromium: 100 at a time) and says the end with an empty one. */
async function listEntry(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
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

function openEntry(entry: FileSystemFileEntry): Promise<File | null> {
	return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

const names = new Intl.Collator('en', { numeric: true });

function byName<T extends { name: string }>(all: readonly T[]): T[] {
	return all.toSorted((a, b) => names.compare(a.name, b.name));
}
