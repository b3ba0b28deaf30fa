import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { kindOf, shownName } from '#contracts/file-kind';
import { SourceError } from './source-error.ts';

/** A record of the directory costs memory, and an archive of music has some hundred of them. */
const MAX_ENTRIES = 20_000;
/** Music that is packed to less than a hundredth is no music; DEFLATE ends at 1,032. */
const MAX_RATIO = 100;
/** Small files of one colour pack better than that, and do no harm. */
const RATIO_COUNTS_FROM_BYTES = 1024 * 1024;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED = 1;
const UTF8 = 1 << 11;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const STORED = 0;
const DEFLATED = 8;
/** What Macs put beside each file: its icon, under its name. */
const MAC_SHADOW = /^__MACOSX\/|(^|\/)\._/;
const LETTERS = new TextDecoder('utf-8', { fatal: true });

/** A song or a cover of an archive. */
export interface MusicEntry {
	entry: Entry;
	/** With forward slashes, as the archive has it: shown after `shownPath`, never opened. */
	path: string;
	/** Why it cannot be had, though it is music by its name. */
	refusal: 'encrypted' | 'bomb' | 'not_understood' | null;
}

/**
 * What music is in an archive, by its directory alone. Nothing is ever written under a name that the archive gives, so
 * names do no harm; what lies about sizes and places does.
 * @throws SourceError unsafe_archive, bomb, too_many_items or not_understood when all of it is left alone
 */
export async function readEntries(archive: ZipFile): Promise<MusicEntry[]> {
	if (archive.entryCount > MAX_ENTRIES) throw new SourceError('too_many_items', 'source');
	const all: Entry[] = [];
	try {
		for await (const entry of archive.eachEntry()) {
			all.push(entry);
			if (all.length > MAX_ENTRIES) throw new SourceError('too_many_items', 'source');
		}
	} catch (error) {
		if (error instanceof SourceError) throw error;
		throw new SourceError('not_understood', 'source', { cause: error });
	}
	refuseOverlaps(all, archive.fileSize);
	const unpacked = all.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
	if (unpacked > archive.fileSize * MAX_RATIO + RATIO_COUNTS_FROM_BYTES) {
		throw new SourceError('bomb', 'source');
	}
	return all.flatMap((entry) => {
		const path = pathOf(entry);
		// A link, or a device, would be music of ours that lies elsewhere. Archives within are left as they are.
		if (path.endsWith('/') || MAC_SHADOW.test(path) || !isRegular(entry)) return [];
		const kind = kindOf(shownName(path), undefined);
		return kind === 'audio' || kind === 'cover' ? [{ entry, path, refusal: refusalOf(entry) }] : [];
	});
}

/** Bytes that are part of two files make a small archive large beyond all measure. */
function refuseOverlaps(entries: readonly Entry[], fileSize: number) {
	const byPlace = entries.toSorted(
		(a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader
	);
	let end = 0;
	for (const entry of byPlace) {
		if (entry.relativeOffsetOfLocalHeader < end) throw new SourceError('unsafe_archive', 'source');
		end =
			entry.relativeOffsetOfLocalHeader +
			LOCAL_HEADER_BYTES +
			entry.fileNameLength +
			entry.compressedSize;
	}
	if (end > fileSize) throw new SourceError('unsafe_archive', 'source');
}

function refusalOf(entry: Entry): MusicEntry['refusal'] {
	if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) return 'encrypted';
	const { compressionMethod, compressedSize, uncompressedSize } = entry;
	if (compressionMethod !== STORED && compressionMethod !== DEFLATED) return 'not_understood';
	const isBomb =
		uncompressedSize > RATIO_COUNTS_FROM_BYTES && uncompressedSize > compressedSize * MAX_RATIO;
	return isBomb ? 'bomb' : null;
}

/** Only Unix says what an entry is; from elsewhere there are files and folders. */
function isRegular({ versionMadeBy, externalFileAttributes }: Entry): boolean {
	if (versionMadeBy >> 8 !== UNIX) return true;
	const type = (externalFileAttributes >>> 16) & FILE_TYPE;
	return type === 0 || type === REGULAR;
}

/** Names without a mark are CP437 by the book; many programs write UTF-8 and do not say so. */
function pathOf(entry: Entry): string {
	const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
	const marked = yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
	const isPlain =
		(generalPurposeBitFlag & UTF8) !== 0 || extraFields.some(({ id }) => id === 0x7075);
	if (isPlain) return marked;
	try {
		return LETTERS.decode(fileNameRaw).replaceAll('\\', '/');
	} catch {
		return marked;
	}
}
