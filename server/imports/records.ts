import type { ImportRecord } from '#contracts/import';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import { lineUp, startsIn } from './line.ts';
import type { Progress } from './progress.ts';

/** Far more than wait at any time. */
export const MAX_LINE = 1_000;
/** Everybody's together; the others wait in line. */
export const RUNNING_AT_ONCE = 2;

/** An import under way. */
export interface Running {
	row: StoredImport;
	progress: Progress;
	abort: AbortController;
	done: Promise<void>;
	/** What requests wait for, and what the run does: the one that was said last. */
	waitingFor: string | null;
	busy: readonly number[];
	stir: () => void;
}

interface RecordsOptions {
	catalogue: Pick<Catalogue, 'imports'>;
	running: ReadonlyMap<string, Running>;
	/** Whether the place of a watched import is away. */
	isAway: (id: string) => boolean;
}

type Places = Map<string, { position: number; startsInSeconds?: number }>;

/** What people see of their imports. */
export function createRecords({ catalogue, running, isAway }: RecordsOptions) {
	/** What goes with each that waits. */
	async function places(): Promise<Places> {
		const served = [...running.values()];
		const line = lineUp(
			await catalogue.imports.inState('queued', MAX_LINE),
			served.map(({ row }) => row)
		);
		if (line.length === 0) return new Map();
		const left = await Promise.all(
			served.map(async ({ row }) => {
				const fresh = await catalogue.imports.byId(row.id);
				return fresh && secondsLeft(fresh);
			})
		);
		return new Map(
			line.map(({ id }, at) => {
				const seconds = startsIn(at + 1, left, RUNNING_AT_ONCE);
				const place = { position: at + 1, ...(seconds !== null && { startsInSeconds: seconds }) };
				return [id, place];
			})
		);
	}

	const totalOf = ({ isListed, listed, saidTotal }: StoredImport) =>
		isListed ? listed : saidTotal;

	function secondsLeft(row: StoredImport): number | null {
		const total = totalOf(row);
		const { progress } = running.get(row.id) ?? {};
		if (!progress || total === null) return null;
		return progress.secondsFor(Math.max(0, total - row.done - row.skipped - row.failed));
	}

	function waitWordsOf(row: StoredImport, position: number | undefined): string | null {
		if (position !== undefined) return lineWords(position);
		if (row.state === 'running') return running.get(row.id)?.waitingFor ?? null;
		if (row.watch && isAway(row.id)) return 'The folder is not there now; we look for it again';
		return null;
	}

	function toRecord(row: StoredImport, line: Places): ImportRecord {
		const total = totalOf(row);
		const each = row.state === 'running' ? running.get(row.id) : undefined;
		const left = secondsLeft(row);
		const place = row.state === 'queued' ? line.get(row.id) : undefined;
		const waitingFor = waitWordsOf(row, place?.position);
		const { shared, copied, altered, gone } = row;
		return {
			id: row.id,
			source: row.source,
			label: row.label,
			state: row.state,
			...place,
			...(waitingFor !== null && { waitingFor }),
			...(row.code !== null && { code: row.code }),
			items: {
				...(total !== null && { total }),
				...{ done: row.done, skipped: row.skipped, failed: row.failed }
			},
			bytes: row.bytes,
			...(each && { bytesPerSecond: each.progress.bytesPerSecond }),
			...(each && left !== null && { secondsLeft: left }),
			publish: row.publish,
			...(row.playlists > 0 && { playlists: row.playlists }),
			...(row.watch && { watching: true }),
			...(shared + copied > 0 && { kept: { shared, copied, altered, gone } }),
			createdAt: new Date(row.createdAt).toISOString(),
			...(row.endedAt !== null && { endedAt: new Date(row.endedAt).toISOString() })
		};
	}

	const NOBODY: Places = new Map();
	return {
		async all(rows: readonly StoredImport[]): Promise<ImportRecord[]> {
			const line = rows.some(({ state }) => state === 'queued') ? await places() : NOBODY;
			return rows.map((row) => toRecord(row, line));
		}
	};
}

const lineWords = (position: number) =>
	position === 1
		? `${RUNNING_AT_ONCE} imports are running; yours is next`
		: `${RUNNING_AT_ONCE} imports are running; ${position - 1} more ${position === 2 ? 'is' : 'are'} before yours`;
