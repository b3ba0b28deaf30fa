import { randomBytes } from 'node:crypto';
import type { Person } from '#contracts/account';
import {
	IMPORT_ITEM_STATES,
	type ChangeImport,
	type ImportItems,
	type ImportList,
	type ImportOrder,
	type ImportRecord,
	type ImportSource,
	type ImportState,
	type StartedImport
} from '#contracts/import';
import { Problem } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Playlists } from '../listening/playlists.ts';
import type { Live } from '../live/live.ts';
import type { Log } from '../ops/log.ts';
import { createAdoptedFiles } from './adopted.ts';
import { createBroughtPlaylists } from './brought-playlists.ts';
import type { Http } from './http.ts';
import type { Landing } from './landing.ts';
import { placeOf, sealed } from './orders.ts';
import type { Reader } from './reader.ts';
import { createRecords, type Running } from './records.ts';
import { createRunner } from './runner.ts';
import type { Secrets } from './secrets.ts';
import type { Source } from './source.ts';
import type { Sources } from './sources.ts';
import { createWatching } from './watching.ts';

const MAX_LISTED = 50;
const ITEMS_PAGE = 100;

export interface ImportsOptions {
	catalogue: Catalogue;
	sources: Sources;
	http: Pick<Http, 'client'>;
	reader: Reader;
	/** Draws a picture anew and keeps it for a person. @throws Problem not_a_picture, disk_full */
	keepCover: (personId: string, picture: Uint8Array<ArrayBuffer>) => Promise<{ hash: string }>;
	landing: Landing;
	secrets: Secrets;
	live: Pick<Live, 'say'>;
	/** Folders of this machine that the owner may import from. */
	roots: readonly string[];
	playlists: Pick<Playlists, 'create' | 'change'>;
	/** The person of an id, or null when there is none any more. */
	person: (id: string) => Promise<Person | null>;
	log: Log;
	now?: () => number;
}

export type Imports = ReturnType<typeof createImports>;

/** Who imports what from where: two at once, the others in line, each of them through restarts. */
export function createImports(options: ImportsOptions) {
	const { catalogue, sources, http, reader, landing, secrets, live, person, roots, log } = options;
	const { now = Date.now } = options;
	const running = new Map<string, Running>();

	const sourceOf = (name: ImportSource): Source => {
		// By its name an order fits the source; the types cannot follow that through a table.
		const source = sources[name] as Source | undefined;
		if (!source) throw new Problem('not_offered');
		return source;
	};
	const watching = createWatching({
		...{ catalogue, sourceOf, log, now },
		onagain: (row) => {
			say(row, 'queued').catch((error: unknown) => log.error('import not told', { error }));
			void advance();
		}
	});
	const adopted = createAdoptedFiles({
		...{ catalogue, roots, now },
		onchange: (row) => say(row, row.state)
	});
	const brought = createBroughtPlaylists({ catalogue, playlists: options.playlists, log });
	const records = createRecords({ catalogue, running, isAway: watching.isAway });
	const owned = async (asks: Person, id: string): Promise<StoredImport> => {
		const row = await catalogue.imports.byId(id);
		if (!row || row.personId !== asks.id) throw new Problem('not_found');
		return row;
	};
	const say = ({ id, personId }: StoredImport, state: ImportState) =>
		live.say(personId, { type: 'import_changed', importId: id, state });

	const runner = createRunner({
		...{ catalogue, http, reader, landing, secrets, person, sourceOf, running, say, log, now },
		...{ adopted, brought, keepCover: options.keepCover },
		onended: watching.look
	});
	const { advance, stop } = runner;

	return {
		/**
		 * Puts an import into line; nothing is asked of its source before the answer.
		 * @returns what is running instead, when one of this place is open already
		 * @throws Problem forbidden for listeners, not_offered
		 */
		async order(
			asks: Person,
			order: ImportOrder
		): Promise<StartedImport & { isRunningAlready: boolean }> {
			if (asks.role === 'listener') throw new Problem('forbidden');
			const source = sourceOf(order.source);
			await source.admit?.(order as never, asks);
			const { publish = false } = order;
			const place = placeOf(order, source);
			const id = randomBytes(12).toString('hex');
			const kept = await sealed(order, source, secrets);
			const added = {
				...{ id, personId: asks.id, source: order.source, place, publish, now: now(), ...kept },
				label: source.label(order as never).slice(0, 200),
				watch: source.isWatched?.(order as never) ?? false
			};
			// Of one place the last order says whether it is watched.
			const before = await catalogue.transaction(async ({ imports, watchedImports }) =>
				(await imports.add(added)) ? watchedImports.endOthers(added) : null
			);
			if (!before) {
				const open = await catalogue.imports.openAt(asks.id, place);
				if (!open) throw new Problem('busy'); // it ended in this moment
				return { id: open.id, url: urlOf(open.id), isRunningAlready: true };
			}
			for (const each of before) await watching.end(each);
			const row = await owned(asks, id);
			if (row.watch) watching.begin(row);
			await say(row, 'queued');
			void advance();
			return { id, url: urlOf(id), isRunningAlready: false };
		},

		/** One's own, newest first. */
		async list(asks: Person): Promise<ImportList> {
			const rows = await catalogue.imports.ofPerson(asks.id, MAX_LISTED);
			return { imports: await records.all(rows) };
		},

		/** @throws Problem not_found */
		async get(asks: Person, id: string): Promise<ImportRecord> {
			const [record] = await records.all([await owned(asks, id)]);
			if (!record) throw new Problem('not_found');
			return record;
		},

		/** Its items in one state, a page at a time. @throws Problem not_found, bad_request */
		async items(
			asks: Person,
			id: string,
			{ state = 'failed', after = '0' }: { state?: string; after?: string }
		): Promise<ImportItems> {
			await owned(asks, id);
			const known = IMPORT_ITEM_STATES.find((name) => name === state);
			if (!known || !/^\d{1,15}$/.test(after)) throw new Problem('bad_request');
			const page = { after: Number(after), limit: ITEMS_PAGE };
			const busy = running.get(id)?.busy ?? [];
			// What comes just now is not worth a write.
			const kept = known === 'fetching' ? 'waiting' : known;
			const found = await catalogue.importItems.list(id, { state: kept, ...page });
			const items = found.map((item) =>
				busy.includes(item.id) ? { ...item, state: 'fetching' as const } : item
			);
			return {
				items: items.filter((item) => item.state === known),
				next: found.length === ITEMS_PAGE ? (found.at(-1)?.id ?? null) : null
			};
		},

		/** @throws Problem not_found, import_state when it is not in a state for that, password_needed, import_running */
		async change(asks: Person, id: string, { action, password }: ChangeImport): Promise<void> {
			const row = await owned(asks, id);
			const move = async (from: ImportState[], to: { state: ImportState; secret?: string }) => {
				const isMoved = await catalogue.imports.move(id, from, { ...to, now: now() });
				if (!isMoved) throw new Problem('import_state');
				await say(row, to.state);
			};
			if (action === 'pause') {
				await move(['queued', 'running'], { state: 'paused' });
				await stop(id);
			} else if (action === 'resume') {
				await move(['paused'], { state: 'queued' });
			} else if (action === 'cancel') {
				await move(['queued', 'running', 'paused'], { state: 'cancelled' });
				await catalogue.watchedImports.end(id);
				await watching.end(id);
				await stop(id);
				await landing.sweep();
			} else if (action === 'unwatch') {
				if (!(await catalogue.watchedImports.end(id))) throw new Problem('import_state');
				await watching.end(id);
				await say(row, row.state);
			} else {
				const source = sourceOf(row.source);
				const [secretName] = source.secrets ?? [];
				if (secretName !== undefined && password === undefined)
					throw new Problem('password_needed');
				const open = await catalogue.imports.openAt(asks.id, row.place);
				if (open) throw new Problem('import_running');
				const secret =
					secretName === undefined
						? undefined
						: await secrets.seal(JSON.stringify({ [secretName]: password }));
				const isMoved = await catalogue.transaction(async ({ imports, importItems }) => {
					const to = {
						state: 'queued',
						now: now(),
						...(secret !== undefined && { secret })
					} as const;
					if (!(await imports.move(id, ['failed', 'cancelled', 'done'], to))) return false;
					await imports.count(id, { failed: -(await importItems.retryFailed(id)) });
					return true;
				});
				if (!isMoved) throw new Problem('import_state');
				await say(row, 'queued');
			}
			void advance();
		},

		/** Ingest has said something of somebody's uploads. */
		stir(): void {
			for (const each of running.values()) each.stir();
		},

		async sweep(): Promise<void> {
			await landing.sweep();
			await adopted.sweep();
		},

		async start(): Promise<void> {
			await watching.start();
			await runner.start();
		},

		/** Stops what runs; it goes on with the next start. */
		async close(): Promise<void> {
			runner.rest();
			await watching.close();
			await runner.close();
			await reader.close();
		}
	};
}

const urlOf = (id: string) => `/api/imports/${id}`;
