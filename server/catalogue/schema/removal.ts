import type { NewReport, Reason, ReportState } from '#contracts/report';
import type { Millis } from './columns.ts';

/** What was deleted together: a release, or some tracks. */
export interface BinEntryTable {
	id: string;
	owner_id: string;
	/** Null for tracks that were deleted by themselves. */
	release_id: string | null;
	name: string;
	artist: string;
	at: Millis;
}

/** Bytes that something erased had: they go when nothing else has them. */
export interface LooseFileTable {
	kind: 'original' | 'cover';
	/** sha-256 in hexadecimal. */
	hash: string;
}

/** What a listener says is wrong. */
export interface ReportTable {
	id: string;
	kind: NewReport['kind'];
	target_id: string;
	/** As it was called then. */
	name: string;
	artist: string;
	reason: Reason;
	text: string | null;
	/** Null for somebody who was not signed in. */
	reporter_id: string | null;
	state: ReportState;
	created_at: Millis;
}

/** Bytes that were taken down: whoever sends them again finds them so. */
export interface BarredOriginalTable {
	sha256: string;
	reason: string;
}

export interface RemovalTables {
	bin_entry: BinEntryTable;
	loose_file: LooseFileTable;
	report: ReportTable;
	barred_original: BarredOriginalTable;
}
