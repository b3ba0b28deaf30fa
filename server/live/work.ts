import { STAGES, type Stage, type Working } from '#contracts/work';
import type { Log } from '../ops/log.ts';
import type { Live } from './live.ts';

/** What is over sooner is not worth a word; and a person hears of the rest no more often than this. */
const BEAT_MS = 250;

interface WorkOptions {
	live: Pick<Live, 'sayInPlace'>;
	log: Log;
	now?: () => number;
}

/** A file in somebody's hands. */
interface Piece {
	personId: string;
	uploadId: string;
	trackId: string | null;
	stage: Stage;
	since: number;
	/** The stage before, for as long as this one may be over in a moment. */
	last: Stage | null;
}

/** What a person was told last, and by which event. */
interface Told {
	words: string;
	seq: number | null;
}

export interface Bench {
	/** It is in this stage from now on. */
	enter(stage: Stage): void;
	/** Nobody works on it any more. */
	end(): void;
}

export type Work = ReturnType<typeof createWork>;

/**
 * Which files are worked on now, and in what stage: at each beat a person is told everything of theirs at once, if it
 * is something else than before. However many files there are, that costs what is done at the same time.
 */
export function createWork({ live, log, now = () => performance.now() }: WorkOptions) {
	const pieces = new Set<Piece>();
	/** Of those who have something to hear, or heard something that may have changed. */
	const stirred = new Set<string>();
	const told = new Map<string, Told>();
	let beat: NodeJS.Timeout | null = null;
	let isClosed = false;

	const lasts = ({ since }: Piece) => now() - since >= BEAT_MS;

	function of(personId: string): Working[] {
		const work = [...pieces].flatMap((piece): Working[] => {
			const { uploadId, trackId } = piece;
			const stage = lasts(piece) ? piece.stage : piece.last;
			return piece.personId === personId && stage ? [{ uploadId, trackId, stage }] : [];
		});
		return work.sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
	}

	async function tell(personId: string) {
		const work = of(personId);
		const words = JSON.stringify(work);
		const before = told.get(personId);
		if (before?.words === words) return;
		const event = { type: 'work_changed', work } as const;
		const seq = await live.sayInPlace(personId, event, before?.seq ?? null);
		told.set(personId, { words, seq });
	}

	async function tellAll() {
		const persons = [...stirred];
		stirred.clear();
		// What has only just begun is looked at again: it may last.
		for (const piece of pieces) if (!lasts(piece)) stirred.add(piece.personId);
		for (const personId of persons) {
			await tell(personId).catch((error: unknown) => log.error('stages not told', { error }));
		}
	}

	function stir(personId: string) {
		stirred.add(personId);
		schedule();
	}

	function schedule() {
		if (beat || isClosed) return;
		beat = setTimeout(() => {
			void tellAll().finally(() => {
				beat = null;
				if (stirred.size > 0) schedule();
			});
		}, BEAT_MS);
		beat.unref();
	}

	return {
		/** What of a person's is worked on now, and has been for a while. */
		of,

		/** Somebody takes a file in hand. */
		begin(file: { personId: string; uploadId: string; trackId?: string }, stage: Stage): Bench {
			const { personId, uploadId, trackId = null } = file;
			const piece: Piece = { personId, uploadId, trackId, stage, since: now(), last: null };
			pieces.add(piece);
			stir(personId);
			return {
				enter(next) {
					if (piece.stage === next) return;
					if (lasts(piece)) piece.last = piece.stage;
					piece.stage = next;
					piece.since = now();
					stir(personId);
				},
				end() {
					pieces.delete(piece);
					stir(personId);
				}
			};
		},

		close(): void {
			isClosed = true;
			if (beat) clearTimeout(beat);
		}
	};
}
