import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { Person } from '#contracts/account';
import { shownName, shownPath } from '#contracts/file-kind';
import { Problem } from '#contracts/problem';
import { readEntries, type MusicEntry } from './archive-entries.ts';
import { MAX_PAGE, type Fetched } from './items.ts';
import type { OpenSource, Source } from './source.ts';
import { SourceError } from './source-error.ts';

export interface ZipOptions {
	/** The file of an archive that this person uploaded and what it was called; null when it is not here. */
	find: (uploadId: string, person: Person) => Promise<{ file: string; name: string } | null>;
}

/** An archive as shops hand out albums: songs and covers in folders, read where it lies and unpacked one at a time. */
export function createZip({ find }: ZipOptions): Source<'zip'> {
	return {
		place: ({ uploadId }) => uploadId,
		label: () => 'An archive',
		async admit({ uploadId }, person) {
			if (!(await find(uploadId, person))) throw new Problem('not_found');
		},
		async open({ uploadId }, { person }): Promise<OpenSource> {
			const found = await find(uploadId, person);
			if (!found) throw new SourceError('not_there', 'source');
			return { label: shownName(found.name), ...(await openArchive(found.file)) };
		}
	};
}

/** Lists and unpacks the music of an archive. @throws SourceError */
export async function openArchive(file: string): Promise<OpenSource> {
	const archive = await opened(file);
	let music: Map<string, MusicEntry>;
	try {
		const entries = await readEntries(archive);
		music = new Map(entries.map((each) => [idOf(each.entry), each]));
	} catch (error) {
		archive.close();
		throw error;
	}
	return {
		async list(cursor) {
			const from = Number(cursor ?? 0);
			const page = [...music.values()].slice(from, from + MAX_PAGE);
			const next = from + page.length;
			return {
				items: page.map(({ entry, path }) => {
					const folder = shownPath(path);
					return {
						sourceId: idOf(entry),
						name: shownName(path),
						...(folder !== null && { path: folder }),
						size: entry.uncompressedSize,
						changed: `${entry.crc32}:${entry.uncompressedSize}`
					};
				}),
				next: next < music.size ? String(next) : null,
				total: music.size
			};
		},
		async fetch({ sourceId }): Promise<Fetched> {
			const found = music.get(sourceId);
			if (!found) throw new SourceError('not_there', 'item');
			if (found.refusal) throw new SourceError(found.refusal, 'item');
			const { entry } = found;
			await refuseMismatch(archive, entry);
			try {
				const unpacked = await archive.openReadStreamPromise(entry);
				// Unpacking what is on this disk is cheaper than knowing where it stopped.
				const size = entry.uncompressedSize;
				return { offset: 0, size, validator: null, body: checked(entry, unpacked) };
			} catch (error) {
				throw unpackError(error);
			}
		},
		async close() {
			archive.close();
		}
	};
}

async function opened(file: string): Promise<ZipFile> {
	try {
		return await yauzl.openPromise(file, { autoClose: false, decodeStrings: false });
	} catch (error) {
		throw new SourceError('not_understood', 'source', { cause: error });
	}
}

/** Where it stands: no two have the same, and a second look finds the same. */
const idOf = (entry: Entry) => String(entry.relativeOffsetOfLocalHeader);

/** What stands before the bytes must be what the directory says, or two programs would unpack two different files. */
async function refuseMismatch(archive: ZipFile, entry: Entry): Promise<void> {
	try {
		const local = await archive.readLocalFileHeaderPromise(entry);
		const isSame =
			local.compressionMethod === entry.compressionMethod &&
			local.fileName.equals(entry.fileNameRaw) &&
			local.fileDataStart + entry.compressedSize <= archive.fileSize;
		if (isSame) return;
	} catch (error) {
		throw new SourceError('unsafe_archive', 'item', { cause: error });
	}
	throw new SourceError('unsafe_archive', 'item');
}

/** Fails unless length and checksum are what the directory says; not before somebody reads it, who then hears of it. */
function checked(entry: Entry, unpacked: Readable): Readable {
	async function* pieces() {
		let sum = 0;
		let length = 0;
		try {
			for await (const piece of unpacked as AsyncIterable<Buffer>) {
				sum = crc32(piece, sum);
				length += piece.length;
				if (length > entry.uncompressedSize) throw new SourceError('wrong_length', 'item');
				yield piece;
			}
		} catch (error) {
			throw unpackError(error);
		}
		if (length !== entry.uncompressedSize) throw new SourceError('wrong_length', 'item');
		if (sum !== entry.crc32) throw new SourceError('checksum', 'item');
	}
	unpacked.on('error', () => {}); // said by `pieces`
	const body = Readable.from(pieces(), { objectMode: false });
	body.on('close', () => unpacked.destroy());
	return body;
}

function unpackError(error: unknown): SourceError {
	if (error instanceof SourceError) return error;
	const isOfSize = error instanceof Error && /bytes in the stream|expected \d+/.test(error.message);
	return new SourceError(isOfSize ? 'wrong_length' : 'unreadable', 'item', { cause: error });
}
