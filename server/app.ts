import type { RequestListener, Server } from 'node:http';
import path from 'node:path';
import { COVER_SIZES } from '#contracts/cover';
import { OPEN_STATES } from '#contracts/upload';
import { createAccounts } from './accounts/accounts.ts';
import { createModeration } from './accounts/moderation.ts';
import { createRoster } from './accounts/roster.ts';
import { createSpaces } from './accounts/space.ts';
import { openCatalogue } from './catalogue/catalogue.ts';
import { coverUrl } from './catalogue/cover-url.ts';
import type { Config } from './config.ts';
import { createExports } from './exports/exports.ts';
import { fileSize } from './file-size.ts';
import { createHttp } from './http/server.ts';
import { AllowedHosts } from './imports/addresses.ts';
import { createArchives } from './imports/archives.ts';
import { createChoices } from './imports/choices.ts';
import { createHttpClient } from './imports/http.ts';
import { createImports } from './imports/imports.ts';
import { createLanding } from './imports/landing.ts';
import { Reader } from './imports/reader.ts';
import { createRoom } from './imports/room.ts';
import { Secrets } from './imports/secrets.ts';
import { createSources } from './imports/sources.ts';
import { createBin } from './intake/bin.ts';
import { createCovers } from './intake/covers.ts';
import { cleaned, laidOver } from './intake/description.ts';
import { createDrafts } from './intake/drafts.ts';
import { createEraser } from './intake/eraser.ts';
import { Gate } from './intake/gate.ts';
import { createIntake, ingestOf } from './intake/intake.ts';
import { createProfiles } from './intake/profiles.ts';
import { createReconciler } from './intake/reconciler.ts';
import { createRegistration } from './intake/registration.ts';
import { Turns } from './intake/turns.ts';
import { createVersions } from './intake/versions.ts';
import { createAfterwards } from './jobs/afterwards.ts';
import { createDeadLetters } from './jobs/dead-letters.ts';
import { createIngest } from './jobs/ingest.ts';
import { createJobs } from './jobs/jobs.ts';
import { createMeasure } from './jobs/measure.ts';
import { createRendition } from './jobs/rendition.ts';
import { createReviveIngest } from './jobs/revive-ingest.ts';
import { createPlaylists } from './listening/playlists.ts';
import { createPlays } from './listening/plays.ts';
import { createLive } from './live/live.ts';
import { createWork } from './live/work.ts';
import { createMatching } from './matching/matching.ts';
import { createMusicBrainz } from './matching/musicbrainz.ts';
import { buildCage } from './media/cage.ts';
import { coverPath } from './media/covers.ts';
import { createMedia } from './media/media.ts';
import { createWorkshop } from './media/workshop.ts';
import { createHealth } from './ops/health.ts';
import { createLog } from './ops/log.ts';
import { createMetrics } from './ops/metrics.ts';
import { loadPages, setupUrl, siteUrl } from './pages.ts';
import { remembered } from './remembered.ts';
import { peaksPath, RENDITIONS, renditionPath } from './renditions.ts';
import { openStorage } from './storage/storage.ts';
import { Arrivals } from './uploads/arrivals.ts';
import { createUploads } from './uploads/uploads.ts';

const SWEEP_MS = 60_000;
/** Asked for each chunk; within a second no disk fills by more than the reserve. */
const FREE_SPACE_MS = 1_000;

/** What Kit's side may use. Listening and closing are not in it. */
export type Portal = Awaited<ReturnType<typeof createApp>>['portal'];
export type LoadPages = (portal: Portal, server: Server) => Promise<RequestListener>;

/** Builds the whole server. The only module that may import every other one. */
export async function createApp(config: Config, { pages }: { pages?: LoadPages } = {}) {
	const log = createLog(config.log);
	const isNew = (await fileSize(config.database.file)) === null;
	const storage = await openStorage({ root: config.storage.folder, isNew });
	const catalogue = await openCatalogue(config.database);
	const accounts = createAccounts({ catalogue, registration: config.registration });
	const spaces = createSpaces({ catalogue, storage, ...config.uploads });
	const arrivals = new Arrivals();
	const live = createLive({
		...{ catalogue, person: accounts.person, log },
		received: (personId) => arrivals.of(personId),
		working: (personId) => work.of(personId)
	});
	const work = createWork({ live, log });
	const jobs = createJobs({ catalogue, ...config.jobs, log });
	const hasRoom = remembered(
		async () => (await storage.freeBytes()) > config.uploads.reserveBytes,
		FREE_SPACE_MS
	);
	const uploads = createUploads({
		folder: storage.partials,
		find: async (id) => {
			const upload = await catalogue.uploads.byId(id);
			if (!upload || upload.state === 'cancelled' || upload.state === 'failed') return null;
			return { ...upload, isComplete: !OPEN_STATES.includes(upload.state) };
		},
		bearer: (request) => accounts.bearer(request.headers),
		hasRoom,
		onprogress: (id) => intake.progressed(id),
		onreceived: (id) => intake.received(id),
		oncancelled: (id) => intake.cancelled(id),
		onbusy: (isBusy) => jobs.ease(isBusy),
		arrivals,
		log
	});
	const partials = uploads.store;
	const drafts = createDrafts({ catalogue, live });
	const originals = new Turns(Infinity);
	const drawing = new Gate();
	const eraser = createEraser({ catalogue, storage, originals, covers: drawing, coverPath });
	const eraseLoose = () => {
		eraser.sweep().catch((error: unknown) => log.error('bytes not erased', { error }));
	};
	const moderation = createModeration({ catalogue, live });
	const roster = createRoster({ catalogue, live });
	const bin = createBin({ catalogue, live, onloose: eraseLoose });
	const intake = createIntake({
		catalogue,
		partials,
		alone: uploads.alone,
		jobs,
		live: {
			say: async (personId, event, nouns) => {
				await live.say(personId, event, nouns);
				imports.stir();
			}
		}
	});
	const registration = createRegistration({
		catalogue,
		accounts,
		partials,
		intake,
		drafts,
		bringBack: bin.bringBack,
		spaces,
		urlOf: uploads.urlOf,
		maxBytes: config.uploads.maxBytes
	});
	const reconciler = createReconciler({
		catalogue,
		partials,
		intake,
		jobs,
		folder: storage.partials,
		log
	});
	const cage = await buildCage({
		searchPath: config.programs.searchPath,
		hidden: [storage.tmp, storage.root, config.dataDir],
		scratch: storage.scratch
	});
	if (cage.missing.length > 0) log.warn('ffmpeg is less isolated', { missing: cage.missing });
	const workshop = createWorkshop({ storage, cage, ...config.programs });
	const archives = createArchives({
		uploads: catalogue.uploads,
		folder: storage.archives,
		unpack: async ({ id, personId, publish }) => {
			const person = await catalogue.people.byId(personId);
			if (person) await imports.order(person, { source: 'zip', uploadId: id, publish });
		}
	});
	const songs = new Turns(Infinity);
	const afterwards = createAfterwards({ catalogue, jobs });
	jobs.work(
		'ingest',
		createIngest({
			catalogue,
			intake,
			drafts,
			partials,
			storage,
			workshop,
			versions: createVersions({ catalogue, drafts }),
			bringBack: bin.bringBack,
			withOriginalAlone: (sha256, work) => originals.take(sha256, () => drawing.enter(work)),
			alone: (personId, work) => songs.take(personId, work),
			afterwards,
			live,
			work,
			takeArchive: archives.take,
			log
		})
	);
	jobs.work('measure', createMeasure({ catalogue, storage, workshop, work, log }));
	jobs.work('rendition', createRendition({ catalogue, storage, workshop, work, log }));
	const outgoing = createHttpClient({
		allowed: new AllowedHosts(config.imports.allowHosts),
		userAgent: `Segue (+${siteUrl(config.site.addresses, '/')})`
	});
	const playlists = createPlaylists({ catalogue, live });
	const reader = new Reader();
	const choices = createChoices({ http: outgoing, reader, log });
	const imports = createImports({
		catalogue,
		sources: createSources({ roots: config.imports.roots, archives }),
		roots: config.imports.roots,
		playlists,
		http: outgoing,
		reader,
		keepCover: (personId, picture) => covers.keepFor(personId, picture),
		landing: createLanding({
			folder: path.join(storage.root, 'imports'),
			partials: storage.partials,
			catalogue,
			jobs,
			intake: { ingestOf, cleaned },
			live,
			maxBytes: config.uploads.maxBytes,
			room: createRoom({ spaces }),
			now: Date.now
		}),
		secrets: new Secrets(path.join(config.dataDir, 'import.key')),
		live,
		person: (id) => catalogue.people.byId(id),
		log
	});
	const deadLetters = createDeadLetters({
		catalogue,
		revive: { ingest: createReviveIngest({ say: live.say }) },
		wake: jobs.wake,
		counts: jobs.counts
	});
	const covers = createCovers({
		catalogue,
		person: (request) => accounts.person(request.headers),
		draw: workshop.cover,
		drawing,
		hasRoom
	});
	const matching = createMatching({
		catalogue,
		isOn: config.matching.isOn,
		musicbrainz: createMusicBrainz(config.matching),
		http: outgoing,
		drafts,
		laidOver,
		keepCover: covers.keepFor,
		coverUrl,
		live,
		log
	});
	const media = createMedia({
		person: (request) => accounts.person(request.headers),
		stream: (id, viewer) => catalogue.trackFiles.streamOf(id, viewer),
		derived: async (id, what, viewer) => {
			const made = await catalogue.trackFiles.derivedOf(id, viewer);
			if (!made) return null;
			const { sha256, isMeasured, ready } = made;
			if (what === 'peaks')
				return isMeasured ? { path: peaksPath(sha256), type: 'application/json' } : null;
			if (!ready.includes(what)) return null;
			return { path: renditionPath(sha256, what), type: RENDITIONS[what].type };
		},
		original: async (id, viewer) => {
			const original = await catalogue.trackFiles.originalOf(id, viewer);
			return (
				original && {
					path: storage.originalPath(original.sha256),
					type: 'application/octet-stream',
					saveAs: original.name
				}
			);
		},
		seesCover: async (hash, viewer) =>
			(await catalogue.covers.isSeenBy(hash, viewer)) ||
			(viewer !== null && (await catalogue.covers.isFrom(viewer.id, hash)))
	});
	const exports = createExports({
		catalogue,
		storage,
		coverPath: (hash) => coverPath(hash, Math.max(...COVER_SIZES), 'jpg')
	});
	const health = createHealth({
		catalogue,
		storage,
		workshop,
		cage,
		person: (request) => accounts.person(request.headers),
		reserveBytes: config.uploads.reserveBytes,
		log
	});
	const metrics = createMetrics({ token: config.metrics.token, jobs });
	const http = createHttp({
		mounts: [...health.mounts, metrics, uploads, covers, media],
		upgrade: live.upgrade,
		log
	});

	const plays = createPlays({ catalogue });

	async function sweep() {
		await reconciler.finishReceived();
		await reconciler.restoreJobs();
		await reconciler.expire();
		await reconciler.sweepFiles();
		await bin.sweep();
		await eraser.sweep();
		await deadLetters.sweep();
		await accounts.sweep();
		await roster.sweep();
		await plays.sweep();
		await playlists.sweep();
		await imports.sweep();
		matching.stir();
		await archives.sweep();
		await live.sweep();
	}
	const sweeping = setInterval(() => {
		sweep().catch((error: unknown) => log.error('sweep failed', { error }));
	}, SWEEP_MS);
	sweeping.unref();
	// The command line brings jobs back beside us.
	const unwatch = catalogue.watch(() => {
		jobs.wake();
		live.wake();
	});
	const endIndexing = catalogue.keepIndexed({
		onerror: (error) => log.error('indexing failed', { error })
	});

	const portal = {
		catalogue: {
			artists: catalogue.artists,
			releases: catalogue.releases,
			tracks: catalogue.tracks,
			trackPages: catalogue.trackPages,
			feeds: catalogue.feeds,
			chapters: catalogue.chapters,
			browse: catalogue.browse,
			search: catalogue.search,
			featured: catalogue.featured,
			plays: catalogue.plays,
			likes: catalogue.likes,
			playlists: catalogue.playlists,
			follows: catalogue.follows
		},
		accounts,
		intake: { register: registration.register, changes: intake.changes },
		bin,
		moderation,
		roster,
		readiness: health.readiness,
		spaces: { of: spaces.of, quotaBytes: spaces.quotaBytes },
		statistics: {
			ofOwner: (ownerId: string, days: number) =>
				catalogue.statistics.ofOwner(ownerId, days, Date.now()),
			ofTrack: (trackId: string, days: number) =>
				catalogue.statistics.ofTrack(trackId, days, Date.now())
		},
		drafts: { describe: drafts.describeAll, publish: drafts.publish },
		profiles: createProfiles({ catalogue }),
		/** By which the portal is reached, the first one by choice. */
		addresses: config.site.addresses,
		live: { since: live.since },
		imports: {
			order: imports.order,
			list: imports.list,
			get: imports.get,
			items: imports.items,
			change: imports.change,
			choices: choices.ask,
			/** Of this machine, that the owner may import from with all that is in them. */
			folders: config.imports.roots
		},
		matching: {
			isOn: matching.isOn,
			ask: matching.ask,
			read: matching.read,
			accept: matching.accept,
			refuse: matching.refuse
		},
		deadLetters,
		plays,
		playlists,
		exports,
		log
	};

	return {
		portal,
		accounts,
		server: http.server,
		/** Ready to serve when it resolves: what a crash left is found first. */
		async listen(): Promise<{ port: number; setupUrl: string | null }> {
			await sweep();
			await afterwards.restore(catalogue);
			await jobs.start();
			if (config.owner) await accounts.ensureOwner(config.owner);
			http.serve(await (pages ?? loadPages)(portal, http.server));
			const port = await http.listen(config.http.port);
			await imports.start();
			const firstLink = await accounts.firstLink();
			log.info('listening', { port });
			return { port, setupUrl: firstLink && setupUrl(config.site.addresses, firstLink) };
		},
		/** First what holds connections open, the database last. */
		async close() {
			clearInterval(sweeping);
			unwatch();
			endIndexing();
			for (const part of [uploads, live, http]) await part.close();
			work.close();
			// What a job waits for in the workshop ends with the workshop.
			await Promise.all([jobs.close(), workshop.close(), imports.close(), matching.close()]);
			await outgoing.close();
			await catalogue.close();
		}
	};
}
