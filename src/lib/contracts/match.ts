import * as v from 'valibot';

/** `found` may still hold no change, when all agrees already. */
export const MATCH_STATES = ['waiting', 'looking', 'found', 'none', 'failed'] as const;
export type MatchState = (typeof MATCH_STATES)[number];

/** Why a look-up gave nothing; asking again may. */
const MATCH_FAILURES = [
	'unreachable',
	'busy',
	'nonsense',
	'too_many_tracks',
	'unexpected'
] as const;
export type MatchFailure = (typeof MATCH_FAILURES)[number];

/** What of a release or of a track a suggestion may change. */
const MATCH_FIELDS = [
	'cover',
	'album',
	'albumArtist',
	'date',
	'title',
	'artist',
	'discNumber',
	'trackNumber'
] as const;
export type MatchField = (typeof MATCH_FIELDS)[number];

export const MatchChange = v.object({
	/** What `MatchAcceptance` names it by. */
	key: v.string(),
	field: v.picklist(MATCH_FIELDS),
	/** The track that it is about; absent when it is about the release. */
	trackId: v.optional(v.string()),
	/** As it is now; null when nothing is said. Of covers, where they are. */
	before: v.nullable(v.string()),
	after: v.string()
});
export type MatchChange = v.InferOutput<typeof MatchChange>;

export const MatchTrack = v.object({
	trackId: v.string(),
	/** As it is called now. */
	name: v.string(),
	/** Whether it was found on the release that is suggested. */
	isFound: v.boolean()
});
export type MatchTrack = v.InferOutput<typeof MatchTrack>;

/** `GET /api/releases/:id/match`: what MusicBrainz says of a release, beside what is said here now. */
export const Match = v.object({
	releaseId: v.string(),
	state: v.picklist(MATCH_STATES),
	/** In words, while it waits for something. */
	waitingFor: v.nullable(v.string()),
	code: v.nullable(v.picklist(MATCH_FAILURES)),
	/** The release that was found. */
	found: v.nullable(
		v.object({
			/** Its page at MusicBrainz. */
			url: v.string(),
			title: v.string(),
			artist: v.string(),
			date: v.nullable(v.string()),
			trackCount: v.number(),
			/** How well it fits, 0 to 1. */
			score: v.number()
		})
	),
	/** Only what would be another than now. */
	changes: v.array(MatchChange),
	tracks: v.array(MatchTrack)
});
export type Match = v.InferOutput<typeof Match>;

/** `POST /api/releases/:id/match/accept`: the keys of the changes to write. */
export const MatchAcceptance = v.object({
	fields: v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.minLength(1), v.maxLength(2_000))
});
export type MatchAcceptance = v.InferOutput<typeof MatchAcceptance>;
