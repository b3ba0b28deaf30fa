import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Person } from '#contracts/account';
import { Problem, problemCode } from '#contracts/problem';
import {
	OPEN_STATES,
	UNFINISHED_STATES,
	type Description,
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
import { isCompanion, kindOf, shownName, shownPath } from '#contracts/file-kind';
import { cleaned } from './description.ts';
import type { Drafts } from './drafts.ts';

/** More than anybody has: the first answer holds all uploads of a person. */
const MAX_CHANGES = 50_000;
/** How many are read and put together before others get their turn: no page of a long list takes 50 ms. */
const CHANGES_AT_ONCE = 250;
/** How many files are asked for their size at once: a list of ten thousand must not take every thread there is. */
const PEEKS_AT_ONCE = 16;
const MAX_COVER_BYTES = 20 * 1024 * 1024;
/** Far less than the time after which an upload is given up. */
const TOUCH_MS = 60 * 60 * 1000;
/** States that end an upload without music: the same file may be tried again. */
const ENDED_BADLY: readonly UploadState[] = ['failed', 'cancelled'];

export interface IntakeOptions {
	catalogue: Catalogue;
	accounts: Pick<Accounts, 'uploadToken'>;
	partials: Pick<PartialStore, 'add' | 'ensure' | 'peek' | 'remove'>;
	/** Does something while nobody writes to the upload. @throws Problem locked when who writes does not let go */
	alone: <T>(id: string, work: () => Promise<T>) => Promise<T>;
	drafts: Pick<Drafts, 'describe'>;
	/** What lies in the bin comes back when its file does. */
	bringBack: (trackId: string) => Promise<void>;
	storage: Pick<Storage, 'freeBytes'>;
	/** Where an upload is sent to. */
	urlOf: (id: string) => string;
	jobs: Pick<Jobs, 'add'>;
	live: Pick<Live, 'say'>;
	limits: { maxBytes: number; quotaBytes: number | null; reserveBytes: number };
	now?: () => number;
}

/** A file that is taken: what becomes a row. */
interface Taken {
	id: string;
	file: NewUpload;
	description: Description | null;
	/** An upload of the same file that ended without music, whose key this one takes over. */
	replaces: StoredUpload | null;
}

/** A new upload, or what is answered instead. */
type Decision =
	| { registered: Registered; known?: StoredUpload }
	| { registered: null; replaces: StoredUpload | null; mayBeDuplicate: boolean };

export type Intake = ReturnType<typeof createIntake>;

/** From "may I send these?" to "received": decides before a byte moves, and knows what became of each file. */
export function createIntake(options: IntakeOptions) {
	const {
		catalogue,
		accounts,
		partials,
		alone,
		drafts,
		bringBack,
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
		const quotaBytes = (await catalogue.quota.of(person.id)) ?? limits.quotaBytes;
		const quota =
			quotaBytes === null ? Infinity : quotaBytes - (await catalogue.uploads.bytesOf(person.id));
		return { free, quota };
	}

	function refusal(file: NewUpload, left: { free: number; quota: number }): Refusal | null {
		if (file.size === 0) return 'empty_file';
		const kind = kindOf(shownName(file.name), file.type);
		if (kind === null) return isCompanion(shownName(file.name)) ? 'not_used' : 'not_audio';
		if (file.size > limits.maxBytes) return 'too_large';
		if (kind === 'cover' && file.size > MAX_COVER_BYTES) return 'too_large';
		if (file.size > left.quota) return 'quota_exceeded';
		if (file.size > left.free) return 'disk_full';
		return null;
	}

	const accepted = (key: string, id: string, mayBeDuplicate: boolean) => ({
		key,
		outcome: 'accepted' as const,
		id,
		url: urlOf(id),
		...(mayBeDuplicate && { mayBeDuplicate })
	});

	/** What an earlier registration under the same key came to, when this one asks for the same file. */
	async function again(file: NewUpload, known: StoredUpload): Promise<Registered> {
		const { key } = file;
		if (known.state === 'duplicate' && known.trackId !== null) {
			await bringBack(known.trackId);
			return { key, outcome: 'duplicate', trackId: known.trackId };
		}
		if (!OPEN_STATES.includes(known.state)) {
			const { state, trackId, code } = known;
			if (trackId !== null) await bringBack(trackId);
			return {
				...accepted(key, known.id, false),
				state,
				...(trackId !== null && { trackId }),
				...(code !== null && { code })
			};
		}
		if (file.sha256 !== undefined) {
			const trackId = await endAsDuplicate(known, file.sha256);
			if (trackId !== null) {
				await bringBack(trackId);
				return { key, outcome: 'duplicate', trackId };
			}
			await catalogue.uploads.expectHash(known.id, file.sha256);
		}
		await partials.ensure(known.id);
		return accepted(key, known.id, await mayBeDuplicate(known.personId, file, known));
	}

	/** Its bytes are in a track already, so no more of them are wanted. @returns the track, or null */
	async function endAsDuplicate(known: StoredUpload, sha256: string): Promise<string | null> {
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

	/** Only a hash says for sure, and reading a whole file takes its time: it is asked for where it may spare the bytes. */
	async function mayBeDuplicate(
		personId: string,
		file: NewUpload,
		known: StoredUpload | null
	): Promise<boolean> {
		if (file.sha256 !== undefined || (known !== null && known.sha256 !== null)) return false;
		const { size } = file;
		return catalogue.originals.hasNamesake(personId, { name: shownName(file.name), size });
	}

	async function decide(
		person: Person,
		file: NewUpload,
		left: { free: number; quota: number }
	): Promise<Decision> {
		const { key, sha256 } = file;
		const code = refusal(file, left);
		if (code && code !== 'disk_full' && code !== 'quota_exceeded') {
			return { registered: { key, outcome: 'refused', code } };
		}
		// What was promised room before keeps it.
		const known = await catalogue.uploads.byKey(person.id, key);
		if (known && isSameFile(known, file) && !ENDED_BADLY.includes(known.state)) {
			return { registered: await again(file, known), known };
		}
		const track = sha256 !== undefined && (await catalogue.originals.trackOf(person.id, sha256));
		if (track) {
			await bringBack(track.id);
			return { registered: { key, outcome: 'duplicate', trackId: track.id } };
		}
		if (code) return { registered: { key, outcome: 'refused', code } };
		return {
			registered: null,
			replaces: known,
			mayBeDuplicate: await mayBeDuplicate(person.id, file, null)
		};
	}

	/** @throws Problem not_found unless it is a track of this person's */
	async function mayReplace(person: Person, trackId: string) {
		const track = await catalogue.originals.replaceable(trackId);
		if (track?.ownerId !== person.id) throw new Problem('not_found');
	}

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

	let lastTurn: Promise<unknown> = Promise.resolve();

	async function register(
		person: Person,
		{ files, publish = false }: RegisterUploads
	): Promise<Registration> {
		const left = await room(person);
		const uploads: Registered[] = [];
		const taken = new Map<string, Taken & { registered: Registered }>();
		const said: { id: string; description: Description }[] = [];
		for (const file of files) {
			const description = file.description && cleaned(file.description);
			const twin = taken.get(file.key);
			if (twin) {
				if (description) twin.description = { ...twin.description, ...description };
				uploads.push(twin.registered);
				continue;
			}
			if (file.replaces !== undefined) await mayReplace(person, file.replaces);
			const decision = await decide(person, file, left);
			if (decision.registered) {
				if (decision.known && description) said.push({ id: decision.known.id, description });
				uploads.push(decision.registered);
				continue;
			}
			const { replaces } = decision;
			const before = replaces && isSameFile(replaces, file) ? replaces.description : null;
			const id = randomBytes(16).toString('hex');
			const registered = accepted(file.key, id, decision.mayBeDuplicate);
			left.free -= file.size;
			left.quota -= file.size;
			taken.set(file.key, {
				id,
				file,
				description: description ? { ...before, ...description } : before,
				replaces,
				registered
			});
			uploads.push(registered);
		}

		// Files first: a file without a row is swept, a row without a file would be lost bytes.
		const created = [...taken.values()];
		await Promise.all(created.map(({ id }) => partials.add(id)));
		await catalogue.transaction(async (nouns) => {
			for (const each of created) await take(nouns, person, each, publish);
			if (said.length > 0) await drafts.describe(nouns, person, said);
		});
		const { token, expiresAt } = await accounts.uploadToken(person);
		return { token, expiresAt: expiresAt.toISOString(), uploads };
	}

	async function take(nouns: Nouns, person: Person, taken: Taken, publish: boolean) {
		const { id, file, description, replaces } = taken;
		if (replaces) await nouns.uploads.releaseKey(replaces.id);
		// What was said about publishing the file that failed is meant for this one.
		const isSaid = replaces !== null && isSameFile(replaces, file) && replaces.publishSaid;
		await nouns.uploads.add({
			id,
			personId: person.id,
			key: file.key,
			name: shownName(file.name),
			path: shownPath(file.path),
			size: file.size,
			type: file.type ?? null,
			lastModified: file.lastModified ?? null,
			sha256: file.sha256 ?? null,
			publish: isSaid ? replaces.publish : publish,
			publishSaid: isSaid,
			description,
			replacesId: file.replaces ?? null,
			now: now()
		});
	}

	return {
		/**
		 * Decides a batch and makes its uploads. The same key twice is one upload, so a lost answer costs nothing.
		 * One batch at a time: two that count the same room, or know nothing of each other's keys, would both be wrong.
		 * @throws Problem forbidden for listeners; not_found when one replaces what is not theirs
		 */
		async register(person: Person, request: RegisterUploads): Promise<Registration> {
			if (person.role === 'listener') throw new Problem('forbidden');
			const turn = lastTurn.then(() => register(person, request));
			lastTurn = turn.catch(() => {});
			return turn;
		},

		/**
		 * What changed among a person's uploads. `since` is an earlier cursor, or null for all; `isOpen` leaves those
		 * out whose bytes are all here.
		 */
		async changes(
			person: Person,
			{ since = null, isOpen = false }: { since?: string | null; isOpen?: boolean } = {}
		): Promise<UploadChanges> {
			let cursor = since !== null && /^\d{1,15}$/.test(since) ? Number(since) : 0;
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
			return { cursor: String(cursor), uploads: [...uploads.values()] };
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

/** As far as one can tell without its bytes. A client that does not say when a file was changed is believed. */
function isSameFile(known: StoredUpload, file: NewUpload): boolean {
	const isDated = known.lastModified !== null && file.lastModified !== undefined;
	return known.size === file.size && (!isDated || known.lastModified === file.lastModified);
}
