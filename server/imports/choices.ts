import type { Person } from '#contracts/account';
import { IMPORT_FAILURES, type ImportFailure } from '#contracts/import';
import {
	MOST_CHOICES,
	type AskChoices,
	type ImportChoice,
	type ImportChoices
} from '#contracts/import-choices';
import { Problem } from '#contracts/problem';
import type { Log } from '../ops/log.ts';
import type { Http } from './http.ts';
import type { Reader } from './reader.ts';
import { SourceError } from './source-error.ts';
import { SubsonicClient } from './subsonic-client.ts';

/** Somebody looks at a page that waits for it. */
const WHOLE_MS = 60_000;
/** Questions under way. */
const MOST_OF_ONE = 3;
const MOST_OF_ALL = 12;
/** Wrong passwords of one person within this time: the portal is no way to guess at somebody else's server. */
const MOST_WRONG = 10;
const WRONG_MS = 10 * 60_000;
/** As orders take them. */
const MAX_ID = 200;
const MAX_NAME = 300;

interface ChoicesOptions {
	http: Pick<Http, 'client'>;
	reader: Pick<Reader, 'read'>;
	log: Log;
	wholeMs?: number;
	now?: () => number;
}

/** What there is to choose from at somebody's server, before anything of it is imported. Nothing of it is kept. */
export function createChoices({
	http,
	reader,
	log,
	wholeMs = WHOLE_MS,
	now = Date.now
}: ChoicesOptions) {
	const underWay = new Map<string, number>();
	const wrong = new Map<string, number[]>();

	function admit({ id, role }: Person) {
		if (role === 'listener') throw new Problem('forbidden');
		const all = [...underWay.values()].reduce((sum, n) => sum + n, 0);
		if (all >= MOST_OF_ALL) throw new Problem('busy');
		if ((underWay.get(id) ?? 0) >= MOST_OF_ONE) throw new Problem('too_many_requests');
		const lately = (wrong.get(id) ?? []).filter((at) => now() - at < WRONG_MS);
		if (lately.length > 0) wrong.set(id, lately);
		else wrong.delete(id);
		if (lately.length >= MOST_WRONG) throw new Problem('too_many_requests');
	}

	function release(id: string) {
		const left = (underWay.get(id) ?? 1) - 1;
		if (left > 0) underWay.set(id, left);
		else underWay.delete(id);
	}

	/** In our words: nothing of what the other server said is repeated. */
	function failureOf(error: unknown, personId: string): ImportFailure {
		const known = error instanceof SourceError ? error.code : null;
		if (known === 'wrong_credentials') {
			wrong.set(personId, [...(wrong.get(personId) ?? []), now()]);
		}
		const code = IMPORT_FAILURES.find((each) => each === known);
		if (!code) log.error('choices failed', { error });
		return code ?? 'unexpected';
	}

	return {
		/**
		 * Asks the other server now, within the same limits as an import.
		 * @returns why it gave nothing, when it did not
		 * @throws Problem forbidden for listeners, too_many_requests, busy
		 */
		async ask(
			person: Person,
			{ artist, ...access }: AskChoices,
			gone: AbortSignal
		): Promise<{ found: ImportChoices } | { failed: ImportFailure }> {
			admit(person);
			underWay.set(person.id, (underWay.get(person.id) ?? 0) + 1);
			const late = AbortSignal.timeout(wholeMs);
			const signal = AbortSignal.any([gone, late]);
			const client = new SubsonicClient(access, { outgoing: http.client(), reader, signal });
			try {
				const found =
					artist === undefined ? await librariesOf(client) : await albumsOf(client, artist);
				return { found };
			} catch (error) {
				if (signal.aborted) return { failed: 'timeout' };
				return { failed: failureOf(error, person.id) };
			} finally {
				release(person.id);
			}
		}
	};
}

async function librariesOf(client: SubsonicClient): Promise<ImportChoices> {
	const { artists } = await client.ask('getArtists', {});
	const listed = artists.index.flatMap(({ artist }) => artist);
	const playlists = await playlistsOf(client);
	return {
		artists: choices(listed.map(({ albumCount, ...each }) => ({ ...each, count: albumCount }))),
		albums: [],
		playlists: choices(playlists.map(({ songCount, ...each }) => ({ ...each, count: songCount }))),
		isCut: listed.length > MOST_CHOICES || playlists.length > MOST_CHOICES
	};
}

/** Not every server has them. */
async function playlistsOf(client: SubsonicClient) {
	try {
		return (await client.ask('getPlaylists', {})).playlists.playlist;
	} catch (error) {
		if (!(error instanceof SourceError) || error.scope === 'later') throw error;
		return [];
	}
}

async function albumsOf(client: SubsonicClient, id: string): Promise<ImportChoices> {
	const { artist } = await client.ask('getArtist', { id });
	const albums = artist.album.map(({ id, name, year, songCount }) => ({
		...{ id, name, year },
		count: songCount > 0 ? songCount : undefined
	}));
	return {
		...{ artists: [], albums: choices(albums), playlists: [] },
		isCut: albums.length > MOST_CHOICES
	};
}

/** Each once, of what an order can name. */
function choices(
	found: readonly {
		id: string;
		name: string;
		count?: number | undefined;
		year?: number | undefined;
	}[]
): ImportChoice[] {
	const byId = new Map<string, ImportChoice>();
	for (const { id, name, count, year } of found) {
		if (id === '' || id.length > MAX_ID) continue;
		byId.set(id, {
			...{ id, name: name.toWellFormed().slice(0, MAX_NAME) },
			...(count !== undefined && { count }),
			...(year !== undefined && { year })
		});
		if (byId.size === MOST_CHOICES) break;
	}
	return [...byId.values()];
}
