import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import type { Outgoing } from '../imports/outgoing.ts';
import { cleanText, partialDate } from '../metadata.ts';
import type { Candidate, Listed, OwnRelease } from './score.ts';

const CANDIDATES = 10;
const MAX_COVER_BYTES = 20 * 1024 * 1024;
const WHOLE_MS = 2 * 60_000;
/** Of the sizes that the archive keeps, one that is sharp and no scan of 50 MB. */
const COVER_EDGE = 1200;
const MBID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const Credit = v.array(v.object({ name: v.string(), joinphrase: v.optional(v.string(), '') }));
const Mbid = v.pipe(v.string(), v.regex(MBID));
const SearchAnswer = v.object({
	releases: v.array(
		v.object({
			id: Mbid,
			title: v.string(),
			'artist-credit': v.optional(Credit, []),
			'track-count': v.optional(v.number())
		})
	)
});
const ReleaseAnswer = v.object({
	id: Mbid,
	title: v.string(),
	date: v.nullish(v.string()),
	'artist-credit': v.optional(Credit, []),
	'cover-art-archive': v.optional(v.object({ front: v.optional(v.boolean(), false) })),
	media: v.optional(
		v.array(
			v.object({
				position: v.optional(v.number(), 1),
				tracks: v.optional(
					v.array(
						v.object({
							position: v.number(),
							title: v.string(),
							/** Milliseconds. */
							length: v.nullish(v.number()),
							'artist-credit': v.optional(Credit, [])
						})
					),
					[]
				)
			})
		),
		[]
	)
});

/** What answered speaks another language than it says it does. */
export class NonsenseError extends Error {
	override readonly name = 'NonsenseError';
	readonly code = 'nonsense';
}

interface MusicBrainzOptions {
	/** Without a path, such as `https://musicbrainz.org`. */
	url: string;
	coversUrl: string;
}

export type MusicBrainz = ReturnType<typeof createMusicBrainz>;

/** The MusicBrainz API, version 2, and the Cover Art Archive. Both allow one request a second, which `outgoing` keeps. */
export function createMusicBrainz({ url, coversUrl }: MusicBrainzOptions) {
	async function json<Schema extends v.GenericSchema>(
		outgoing: Outgoing,
		target: URL,
		schema: Schema,
		signal: AbortSignal
	): Promise<v.InferOutput<Schema>> {
		const { text } = await outgoing.text(target, {
			headers: { accept: 'application/json' },
			wholeMs: WHOLE_MS,
			signal
		});
		try {
			return v.parse(schema, JSON.parse(text));
		} catch (cause) {
			throw new NonsenseError('not the JSON that is documented', { cause });
		}
	}

	return {
		/** Releases that may be it, as far as names tell, the likeliest first. @throws SourceError, NonsenseError */
		async search(
			outgoing: Outgoing,
			{ title, artist }: Pick<OwnRelease, 'title' | 'artist'>,
			signal: AbortSignal
		): Promise<Listed[]> {
			const target = new URL('/ws/2/release', url);
			target.searchParams.set('query', `release:${quoted(title)} AND artist:${quoted(artist)}`);
			target.searchParams.set('limit', String(CANDIDATES));
			target.searchParams.set('fmt', 'json');
			const { releases } = await json(outgoing, target, SearchAnswer, signal);
			return releases.slice(0, CANDIDATES).map((release) => ({
				id: release.id,
				title: release.title,
				artist: creditOf(release['artist-credit']),
				trackCount: release['track-count'] ?? null
			}));
		},

		/** A release with its tracks. @throws SourceError, NonsenseError */
		async release(outgoing: Outgoing, id: string, signal: AbortSignal): Promise<Candidate> {
			const target = new URL(`/ws/2/release/${id}`, url);
			target.searchParams.set('inc', 'recordings+artist-credits');
			target.searchParams.set('fmt', 'json');
			const found = await json(outgoing, target, ReleaseAnswer, signal);
			const artist = creditOf(found['artist-credit']);
			return {
				id: found.id,
				title: cleanText(found.title) ?? found.title,
				artist,
				date: partialDate(found.date ?? null),
				hasCover: found['cover-art-archive']?.front ?? false,
				discs: found.media.length,
				tracks: found.media.flatMap(({ position: disc, tracks }) =>
					tracks.map((track) => ({
						title: cleanText(track.title) ?? track.title,
						artist: creditOf(track['artist-credit']) || artist,
						disc,
						number: track.position,
						durationMs: track.length ?? null
					}))
				)
			};
		},

		/** Its page, for people. */
		pageOf: (id: string) => new URL(`/release/${id}`, url).href,

		/** The picture of its front. @throws SourceError, also when there is none */
		async cover(
			outgoing: Outgoing,
			id: string,
			signal: AbortSignal
		): Promise<Uint8Array<ArrayBuffer>> {
			const { body } = await outgoing.ask(
				new URL(`/release/${id}/front-${COVER_EDGE}`, coversUrl),
				{
					maxBytes: MAX_COVER_BYTES,
					wholeMs: WHOLE_MS,
					signal
				}
			);
			return new Uint8Array(await buffer(body));
		}
	};
}

/** Whether a tag holds an id that may be asked for. */
export const isMbid = (id: string | undefined): id is string => id !== undefined && MBID.test(id);

/** A phrase of the search language, in which only these two say something. */
const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

const creditOf = (credit: v.InferOutput<typeof Credit>) =>
	cleanText(credit.map(({ name, joinphrase }) => name + joinphrase).join('')) ?? '';
