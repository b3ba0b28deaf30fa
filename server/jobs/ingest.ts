import { link } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { RENDITION_KINDS } from '#contracts/track';
import { failureCode, UNFINISHED_STATES, type Failure } from '#contracts/upload';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SameLength } from '../catalogue/originals.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Drafts } from '../intake/drafts.ts';
import type { Intake } from '../intake/intake.ts';
import type { Versions } from '../intake/versions.ts';
import type { Live } from '../live/live.ts';
import type { Bench, Work } from '../live/work.ts';
import type { Workshop } from '../media/workshop.ts';
import type { Log } from '../ops/log.ts';
import { peaksPath, renditionPath } from '../renditions.ts';
import type { Storage } from '../storage/storage.ts';
import type { PartialStore } from '../uploads/store.ts';
import type { Afterwards } from './afterwards.ts';
import { createFinder, type Audio, type Found } from './finder.ts';
import { createFolderPicture } from './folder-picture.ts';
import type { Worker } from './jobs.ts';
import { Refused } from './refused.ts';
import { createSameSong } from './same-song.ts';

const Payload = v.object({ uploadId: v.string() });

interface IngestOptions {
	catalogue: Catalogue;
	intake: Pick<Intake, 'settle'>;
	drafts: Pick<Drafts, 'add' | 'placePicture'>;
	partials: PartialStore;
	storage: Storage;
	workshop: Workshop;
	versions: Versions;
	/** What lies in the bin comes back when its file does. */
	bringBack: (trackId: string) => Promise<void>;
	/** Works on an original while nobody else makes or erases anything of the same bytes. */
	withOriginalAlone: <T>(sha256: string, work: () => Promise<T>) => Promise<T>;
	/** Does one thing at a time for each person. */
	alone: <T>(personId: string, work: () => Promise<T>) => Promise<T>;
	afterwards: Pick<Afterwards, 'plan'>;
	live: Pick<Live, 'say'>;
	work: Pick<Work, 'begin'>;
	/** Whether it is an archive, whose music is now brought in. */
	takeArchive: (upload: StoredUpload, file: string) => Promise<boolean>;
	log: Log;
}

/**
 * From received bytes to something that plays: hash, kind, what is in it, tags, cover, original by content, playable.
 * Each step may be repeated after a crash; the upload's outcome and its track are written in one transaction.
 */
export function createIngest(options: IngestOptions): Worker {
	const {
		catalogue,
		intake,
		drafts,
		partials,
		storage,
		workshop,
		versions,
		bringBack,
		withOriginalAlone,
		alone,
		afterwards,
		live,
		work,
		takeArchive,
		log
	} = options;
	const find = createFinder({ storage, workshop, log });
	const placePicture = createFolderPicture({ catalogue, intake, drafts, workshop });
	const sameSong = createSameSong({ storage, workshop, versions });

	async function ingest(upload: StoredUpload, bench: Bench, signal: AbortSignal): Promise<void> {
		const partial = partials.pathOf(upload.id);
		await intake.settle(upload.id, { state: 'verifying' });
		const size = await partials.offset(upload.id);
		if (size !== upload.size) throw new Refused(size === 0 ? 'empty_file' : 'unreadable');
		const sha256 = await workshop.hash(partial);
		if (upload.sha256 !== null && upload.sha256 !== sha256) throw new Refused('checksum');
		// Asked first: songs that are stored in an archive unpacked make it look like one of them.
		if (await takeArchive(upload, partial)) {
			await intake.settle(upload.id, { state: 'ready' });
			return;
		}
		bench.enter('identify');
		const sniffed = await workshop.sniff(partial);
		if (!sniffed) throw new Refused('not_audio');
		if (sniffed.kind === 'protected') throw new Refused('protected');
		if (sniffed.kind === 'picture') {
			bench.enter('cover');
			return withOriginalAlone(sha256, () => placePicture(upload, partial));
		}

		await withOriginalAlone(sha256, () =>
			twinOrTrack(upload, { partial, sha256, kind: sniffed }, { bench, signal })
		);
	}

	async function twinOrTrack(
		upload: StoredUpload,
		file: { partial: string; sha256: string; kind: Audio },
		at: { bench: Bench; signal: AbortSignal }
	) {
		const twin = await catalogue.originals.trackOf(upload.personId, file.sha256);
		if (twin && twin.uploadId !== upload.id) {
			await bringBack(twin.id);
			await intake.settle(upload.id, { state: 'duplicate', trackId: twin.id });
			return;
		}
		await intake.settle(upload.id, { state: 'processing' });
		await makeTrack(upload, file, at);
	}

	async function makeTrack(
		upload: StoredUpload,
		{ partial, sha256, kind }: { partial: string; sha256: string; kind: Audio },
		{ bench, signal }: { bench: Bench; signal: AbortSignal }
	) {
		const scratch = await storage.scratch();
		try {
			// A private folder with one nameless file: nothing beside it can be opened by mistake.
			const input = path.join(scratch.folder, 'input');
			await link(partial, input);
			const output = path.join(scratch.folder, 'output');
			const found = await find(upload, { input, output, sha256, kind }, { bench, signal });
			const { sound } = found;
			bench.enter('compare');
			// Two formats of one song, prepared at the same time, would know nothing of each other.
			await alone(upload.personId, async () => {
				const replaced =
					upload.replacesId === null
						? null
						: await catalogue.originals.replaceable(upload.replacesId);
				const same = replaced ?? (await sameSong(upload, found, { file: input, sound, signal }));
				if (same && !replaced && !versions.isBetter(found.original, same)) {
					await intake.settle(upload.id, { state: 'duplicate', trackId: same.id });
					return;
				}
				// Last, so that what fails before leaves nothing behind.
				await storage.keepOriginal(partial, sha256);
				await record(upload, found, same, replaced !== null);
				if (same) await forget(same.sha256);
			});
		} finally {
			await scratch.release();
		}
	}

	/** What was made of an original that no track has any more. The original itself is kept. */
	async function forget(sha256: string) {
		if (await catalogue.originals.has(sha256)) return;
		const made = RENDITION_KINDS.map((kind) => renditionPath(sha256, kind));
		for (const relative of [...made, peaksPath(sha256)]) await storage.removeDerived(relative);
	}

	async function record(
		{ id, personId }: StoredUpload,
		{ renditions, sound, ...music }: Found,
		same: SameLength | null,
		isReplacing: boolean
	) {
		await catalogue.transaction(async (nouns) => {
			const track = same
				? await versions.improve(nouns, {
						track: same,
						uploadId: id,
						music,
						keepsTags: isReplacing
					})
				: await drafts.add(nouns, id, music);
			const of = { trackId: track.id, sha256: music.original.sha256, sound };
			const isHeld = await nouns.takeDowns.holdIfBarred(of.trackId, of.sha256, Date.now());
			await afterwards.plan(nouns, of, renditions, personId);
			await intake.settle(id, { state: 'ready', trackId: track.id }, nouns);
			const audience = track.isPublic && !isHeld ? null : personId;
			await live.say(audience, { type: 'track_ready', trackId: track.id }, nouns);
		});
	}

	async function fail(upload: StoredUpload, code: Failure) {
		await intake.settle(upload.id, { state: 'failed', code });
		await partials.remove(upload.id);
	}

	return {
		async run(payload, signal) {
			const { uploadId } = v.parse(Payload, payload);
			const upload = await catalogue.uploads.byId(uploadId);
			if (!upload || !UNFINISHED_STATES.includes(upload.state)) return;
			const bench = work.begin({ personId: upload.personId, uploadId }, 'verify');
			try {
				await ingest(upload, bench, signal);
				// The record goes on saying that every byte came; the bytes themselves have moved.
				await partials.remove(uploadId);
			} catch (error) {
				if (signal.aborted) throw error;
				const code = failureCode(error);
				if (!code) throw error;
				log.info('upload refused', { uploadId, code, error });
				await fail(upload, code);
			} finally {
				bench.end();
			}
		},

		async giveUp(payload) {
			const upload = await catalogue.uploads.byId(v.parse(Payload, payload).uploadId);
			// Its bytes stay: whoever mends the cause can try again.
			if (upload) await intake.settle(upload.id, { state: 'failed', code: 'poison' });
		}
	};
}
