import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Person } from '#contracts/account';
import { problemCode } from '#contracts/problem';
import {
	OPEN_STATES,
	UNFINISHED_STATES,
	type Failure,
	type UploadChanges,
	type UploadRecord,
	type UploadState
} from '#contracts/upload';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Live } from '../live/live.ts';
import type { PartialStore } from '../uploads/store.ts';

/** More than anybody has: the first answer holds all uploads of a person. */
const MAX_CHANGES = 50_000;
/** How many are read and put together before others get their turn: no page of a long list takes 50 ms. */
const CHANGES_AT_ONCE = 250;
/** How many files are asked for their size at once: a list of ten thousand must not take every thread there is. */
const PEEKS_AT_ONCE = 16;
/** Far less than the time after which an upload is given up. */
const TOUCH_MS = 60 * 60 * 1000;
/** States that end an upload without music: the same file may be tried again. */
export const ENDED_BADLY: readonly UploadState[] = ['failed', 'cancelled'];

export interface IntakeOptions {
	catalogue: Catalogue;
	partials: Pick<PartialStore, 'peek' | 'remove'>;
	/** Does something while nobody writes to the upload. @throws Problem locked when who writes does not let go */
	alone: <T>(id: string, work: () => Promise<T>) => Promise<T>;
	jobs: Pick<Jobs, 'add'>;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

export type Intake = ReturnType<typeof createIntake>;

/** What became of each upload: its bytes, its job, its end, and what its person is told of it. */
export function createIntake(options: IntakeOptions) {
	const { catalogue, partials, alone, jobs, live, now = Date.now } = options;

	const arrived = new Set<string>();
	let arriving: Promise<void> | null = null;

	/** All that came in the same moment: small files come by the dozen, and a commit waits for the disk. */
	async function receiveAll() {
		const ids = [...arrived];
		arrived.clear();
		arriving = null;
		await catalogue.transaction(async (nouns) => {
			for (const id of ids) {
				const isNew = await nouns.uploads.move(id, OPEN_STATES, { state: 'received', now: now() });
				if (!isNew) continue;
				const upload = await tell(id, nouns);
				if (upload) await jobs.add(ingestOf(upload), nouns);
			}
		});
	}

	return {
		/**
		 * What changed among a person's uploads. `since` is an earlier cursor, or null for all; `isOpen` leaves those
		 * out whose bytes are all here.
		 */
		async changes(
			person: Person,
			{ since = null, isOpen = false }: { since?: string | null; isOpen?: boolean } = {}
		): Promise<UploadChanges> {
			let cursor = since !== null && /^\d{1,15}$/.test(since) ? Number(since) : 0;
			const isFirst = cursor === 0;
			const uploads = new Map<string, UploadRecord>();
			while (uploads.size < MAX_CHANGES) {
				const limit = Math.min(CHANGES_AT_ONCE, MAX_CHANGES - uploads.size);
				const ask = { since: cursor, isOpen, limit };
				const page = await catalogue.uploads.changedSince(person.id, ask);
				for (let at = 0; at < page.length; at += PEEKS_AT_ONCE) {
					const some = await Promise.all(page.slice(at, at + PEEKS_AT_ONCE).map(toRecord));
					// One that changed meanwhile comes a second time, and the second time is right.
					for (const record of some) uploads.set(record.id, record);
				}
				cursor = page.at(-1)?.changed ?? cursor;
				if (page.length < limit) break;
				await nextTurn();
			}
			const changes = { cursor: String(cursor), uploads: [...uploads.values()] };
			if (!isOpen || !isFirst) return changes;
			return { ...changes, arrived: await catalogue.uploads.arrivedBesideOpen(person.id) };
		},

		/** Bytes came, not the last ones: says so once, and once in a while. A chunk costs no write. */
		async progressed(id: string): Promise<void> {
			const upload = await catalogue.uploads.byId(id);
			if (upload?.state === 'waiting') {
				await catalogue.uploads.move(id, ['waiting'], { state: 'sending', now: now() });
			} else if (upload?.state === 'sending' && now() - upload.activeAt > TOUCH_MS) {
				await catalogue.uploads.touch(id, now());
			}
		},

		/** The last byte is on disk. Safe to repeat. */
		async received(id: string): Promise<void> {
			arrived.add(id);
			arriving ??= nextTurn().then(receiveAll);
			await arriving;
		},

		async cancelled(id: string): Promise<void> {
			await catalogue.transaction(async (nouns) => {
				const isNew = await nouns.uploads.move(id, OPEN_STATES, { state: 'cancelled', now: now() });
				if (isNew) await tell(id, nouns);
			});
		},

		/** Says what became of an upload after its bytes were here; in the caller's transaction when it has one. */
		async settle(
			id: string,
			outcome: { state: UploadState; code?: Failure; trackId?: string },
			nouns: Nouns = catalogue
		): Promise<void> {
			if (await nouns.uploads.move(id, UNFINISHED_STATES, { ...outcome, now: now() }))
				await tell(id, nouns);
		},

		/** Its bytes are in a track already, so no more of them are wanted. @returns the track, or null */
		async endAsDuplicate(known: StoredUpload, sha256: string): Promise<string | null> {
			const track = await catalogue.originals.trackOf(known.personId, sha256);
			if (!track) return null;
			try {
				return await alone(known.id, async () => {
					// Looked at while nobody writes: the last byte may have come since, and ingest decides then.
					const isOver = await catalogue.transaction(async (nouns) => {
						const outcome = { state: 'duplicate', trackId: track.id, now: now() } as const;
						const isNew = await nouns.uploads.move(known.id, OPEN_STATES, outcome);
						if (isNew) await tell(known.id, nouns);
						return isNew;
					});
					if (!isOver) return null;
					await partials.remove(known.id);
					return track.id;
				});
			} catch (error) {
				if (problemCode(error) !== 'locked') throw error;
				return null; // its bytes go on coming; ingest finds the same by their hash
			}
		}
	};

	async function tell(id: string, nouns: Nouns): Promise<StoredUpload | null> {
		const upload = await nouns.uploads.byId(id);
		if (!upload) return null;
		await live.say(
			upload.personId,
			{
				type: 'upload_changed',
				uploadId: id,
				state: upload.state,
				...(upload.trackId !== null && { trackId: upload.trackId }),
				...(upload.code !== null && { code: upload.code })
			},
			nouns
		);
		return upload;
	}

	async function toRecord(upload: StoredUpload): Promise<UploadRecord> {
		const isOpen = OPEN_STATES.includes(upload.state);
		return {
			id: upload.id,
			key: upload.key,
			name: upload.name,
			path: upload.path,
			size: upload.size,
			...(upload.lastModified !== null && { lastModified: upload.lastModified }),
			offset: isOpen
				? await partials.peek(upload.id)
				: ENDED_BADLY.includes(upload.state)
					? 0
					: upload.size,
			state: upload.state,
			...(upload.trackId !== null && { trackId: upload.trackId }),
			...(upload.code !== null && { code: upload.code }),
			...(upload.description !== null && { description: upload.description }),
			publish: upload.publish
		};
	}
}

/** The job that makes music of an upload: the same however often it is asked for. */
export const ingestOf = ({ id, personId }: StoredUpload) => ({
	kind: 'ingest',
	key: `ingest:${id}`,
	payload: { uploadId: id },
	owner: personId
});
