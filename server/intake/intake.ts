import { randomBytes } from 'node:crypto';
import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import {
	OPEN_STATES,
	UNFINISHED_STATES,
	type Failure,
	type NewUpload,
	type Refusal,
	type Registered,
	type RegisterUploads,
	type Registration,
	type UploadChanges,
	type UploadRecord,
	type UploadState
} from '#contracts/upload';
import type { Accounts } from '../accounts/accounts.ts';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Live } from '../live/live.ts';
import type { Storage } from '../storage/storage.ts';
import type { PartialStore } from '../uploads/store.ts';
import { kindOf, shownName, shownPath } from '#contracts/file-kind';

/** More than anybody has: the first answer holds all uploads of a person. */
const MAX_CHANGES = 50_000;
const MAX_COVER_BYTES = 20 * 1024 * 1024;
/** Far less than the time after which an upload is given up. */
const TOUCH_MS = 60 * 60 * 1000;
/** States that end an upload without music: the same file may be tried again. */
const ENDED_BADLY: readonly UploadState[] = ['failed', 'cancelled'];

export interface IntakeOptions {
	catalogue: Catalogue;
	accounts: Pick<Accounts, 'uploadToken'>;
	partials: PartialStore;
	storage: Pick<Storage, 'freeBytes'>;
	/** Where an upload is sent to. */
	urlOf: (id: string) => string;
	jobs: Pick<Jobs, 'add'>;
	live: Pick<Live, 'say'>;
	limits: { maxBytes: number; quotaBytes: number | null; reserveBytes: number };
	now?: () => number;
}

export type Intake = ReturnType<typeof createIntake>;

/** From "may I send these?" to "received": decides before a byte moves, and knows what became of each file. */
export function createIntake(options: IntakeOptions) {
	const {
		catalogue,
		accounts,
		partials,
		storage,
		urlOf,
		jobs,
		live,
		limits,
		now = Date.now
	} = options;

	/** What may still be promised, in bytes; grows smaller as a batch is decided. */
	async function room(person: Person) {
		// What was promised to others is not free, though it is not written yet.
		const promised = await catalogue.uploads.promisedBytes();
		const free = (await storage.freeBytes()) - limits.reserveBytes - promised;
		const quota =
			limits.quotaBytes === null
				? Infinity
				: limits.quotaBytes - (await catalogue.uploads.bytesOf(person.id));
		return { free, quota };
	}

	function refusal(file: NewUpload, left: { free: number; quota: number }): Refusal | null {
		if (file.size === 0) return 'empty_file';
		const kind = kindOf(shownName(file.name), file.type);
		if (kind === null) return 'not_audio';
		if (file.size > limits.maxBytes) return 'too_large';
		if (kind === 'cover' && file.size > MAX_COVER_BYTES) return 'too_large';
		if (file.size > left.quota) return 'quota_exceeded';
		if (file.size > left.free) return 'disk_full';
		return null;
	}

	/** What an earlier registration under the same key came to, when this one asks for the same file. */
	async function earlier(person: Person, file: NewUpload): Promise<Registered | null> {
		const known = await catalogue.uploads.byKey(person.id, file.key);
		if (!known) return null;
		if (known.size !== file.size || ENDED_BADLY.includes(known.state)) {
			await catalogue.uploads.releaseKey(known.id);
			return null;
		}
		if (known.state === 'duplicate' && known.trackId !== null) {
			return { key: file.key, outcome: 'duplicate', trackId: known.trackId };
		}
		if (OPEN_STATES.includes(known.state)) await partials.ensure(known.id);
		return { key: file.key, outcome: 'accepted', id: known.id, url: urlOf(known.id) };
	}

	async function decide(
		person: Person,
		file: NewUpload,
		left: { free: number; quota: number }
	): Promise<Registered | null> {
		const code = refusal(file, left);
		if (code && code !== 'disk_full' && code !== 'quota_exceeded') {
			return { key: file.key, outcome: 'refused', code };
		}
		// What was promised room before keeps it.
		const known = await earlier(person, file);
		if (known) return known;
		if (file.sha256 !== undefined) {
			const track = await catalogue.tracks.byOriginal(person.id, file.sha256);
			if (track) return { key: file.key, outcome: 'duplicate', trackId: track.id };
		}
		return code ? { key: file.key, outcome: 'refused', code } : null;
	}

	let lastTurn: Promise<unknown> = Promise.resolve();

	async function register(
		person: Person,
		{ files, publish = false }: RegisterUploads
	): Promise<Registration> {
		const left = await room(person);
		const uploads: Registered[] = [];
		const accepted = new Map<string, { id: string; file: NewUpload }>();
		for (const file of files) {
			const twin = accepted.get(file.key);
			if (twin) {
				uploads.push({ key: file.key, outcome: 'accepted', id: twin.id, url: urlOf(twin.id) });
				continue;
			}
			const decided = await decide(person, file, left);
			if (decided) {
				uploads.push(decided);
				continue;
			}
			const id = randomBytes(16).toString('hex');
			left.free -= file.size;
			left.quota -= file.size;
			accepted.set(file.key, { id, file });
			uploads.push({ key: file.key, outcome: 'accepted', id, url: urlOf(id) });
		}

		// Files first: a file without a row is swept, a row without a file would be lost bytes.
		const created = [...accepted.values()];
		await Promise.all(created.map(({ id }) => partials.add(id)));
		await catalogue.transaction(async (nouns) => {
			for (const { id, file } of created) {
				await nouns.uploads.add({
					id,
					personId: person.id,
					key: file.key,
					name: shownName(file.name),
					path: shownPath(file.path),
					size: file.size,
					type: file.type ?? null,
					sha256: file.sha256 ?? null,
					publish,
					now: now()
				});
			}
		});
		const { token, expiresAt } = await accounts.uploadToken(person);
		return { token, expiresAt: expiresAt.toISOString(), uploads };
	}

	return {
		/**
		 * Decides a batch and makes its uploads. The same key twice is one upload, so a lost answer costs nothing.
		 * One batch at a time: two that count the same room, or know nothing of each other's keys, would both be wrong.
		 * @throws Problem forbidden for listeners
		 */
		async register(person: Person, request: RegisterUploads): Promise<Registration> {
			if (person.role === 'listener') throw new Problem('forbidden');
			const turn = lastTurn.then(() => register(person, request));
			lastTurn = turn.catch(() => {});
			return turn;
		},

		/** What changed among a person's uploads. `since` is an earlier cursor, or null for all. */
		async changes(person: Person, since: string | null): Promise<UploadChanges> {
			const from = since !== null && /^\d{1,15}$/.test(since) ? Number(since) : 0;
			const changed = await catalogue.uploads.changedSince(person.id, from, MAX_CHANGES);
			const uploads = await Promise.all(changed.map(toRecord));
			return { cursor: String(changed.at(-1)?.changed ?? from), uploads };
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
			await catalogue.transaction(async (nouns) => {
				const isNew = await nouns.uploads.move(id, OPEN_STATES, { state: 'received', now: now() });
				if (!isNew) return;
				await tell(id, nouns);
				await jobs.add({ kind: 'ingest', key: `ingest:${id}`, payload: { uploadId: id } }, nouns);
			});
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
		}
	};

	async function tell(id: string, nouns: Nouns): Promise<void> {
		const upload = await nouns.uploads.byId(id);
		if (!upload) return;
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
	}

	async function toRecord(upload: StoredUpload): Promise<UploadRecord> {
		const isOpen = OPEN_STATES.includes(upload.state);
		return {
			id: upload.id,
			key: upload.key,
			name: upload.name,
			path: upload.path,
			size: upload.size,
			offset: isOpen
				? await partials.peek(upload.id)
				: ENDED_BADLY.includes(upload.state)
					? 0
					: upload.size,
			state: upload.state,
			...(upload.trackId !== null && { trackId: upload.trackId }),
			...(upload.code !== null && { code: upload.code })
		};
	}
}
