import { randomBytes } from 'node:crypto';
import type { Person } from '#contracts/account';
import { isCompanion, kindOf, shownName, shownPath } from '#contracts/file-kind';
import { Problem } from '#contracts/problem';
import {
	OPEN_STATES,
	type Description,
	type NewUpload,
	type Refusal,
	type Registered,
	type RegisterUploads,
	type Registration
} from '#contracts/upload';
import type { Accounts } from '../accounts/accounts.ts';
import type { Spaces } from '../accounts/space.ts';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { PartialStore } from '../uploads/store.ts';
import { cleaned } from './description.ts';
import type { Drafts } from './drafts.ts';
import { ENDED_BADLY, type Intake } from './intake.ts';

const MAX_COVER_BYTES = 20 * 1024 * 1024;

export interface RegistrationOptions {
	catalogue: Catalogue;
	accounts: Pick<Accounts, 'uploadToken'>;
	partials: Pick<PartialStore, 'add' | 'ensure'>;
	intake: Pick<Intake, 'endAsDuplicate'>;
	drafts: Pick<Drafts, 'describe'>;
	/** What lies in the bin comes back when its file does. */
	bringBack: (trackId: string) => Promise<void>;
	spaces: Pick<Spaces, 'free' | 'leftFor'>;
	/** Where an upload is sent to. */
	urlOf: (id: string) => string;
	maxBytes: number;
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

/** "May I send these?": decided before a byte moves. */
export function createRegistration(options: RegistrationOptions) {
	const {
		catalogue,
		accounts,
		partials,
		intake,
		drafts,
		bringBack,
		spaces,
		urlOf,
		maxBytes,
		now = Date.now
	} = options;

	/** What may still be promised, in bytes; grows smaller as a batch is decided. */
	async function room(person: Person) {
		return { free: await spaces.free(), quota: await spaces.leftFor(person.id) };
	}

	function refusal(file: NewUpload, left: { free: number; quota: number }): Refusal | null {
		if (file.size === 0) return 'empty_file';
		const kind = kindOf(shownName(file.name), file.type);
		if (kind === null) return isCompanion(shownName(file.name)) ? 'not_used' : 'not_audio';
		if (file.size > maxBytes) return 'too_large';
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
			const trackId = await intake.endAsDuplicate(known, file.sha256);
			if (trackId !== null) {
				await bringBack(trackId);
				return { key, outcome: 'duplicate', trackId };
			}
			await catalogue.uploads.expectHash(known.id, file.sha256);
		}
		await partials.ensure(known.id);
		return accepted(key, known.id, await mayBeDuplicate(known.personId, file, known));
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

	let lastTurn: Promise<unknown> = Promise.resolve();

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
		}
	};
}

/** As far as one can tell without its bytes. A client that does not say when a file was changed is believed. */
function isSameFile(known: StoredUpload, file: NewUpload): boolean {
	const isDated = known.lastModified !== null && file.lastModified !== undefined;
	return known.size === file.size && (!isDated || known.lastModified === file.lastModified);
}
