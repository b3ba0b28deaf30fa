import * as v from 'valibot';
import { IMPORT_STATES } from './import.ts';
import { MATCH_STATES } from './match.ts';
import { FAILURES, UPLOAD_STATES } from './upload.ts';
import { Working } from './work.ts';

/** An upload of the person who listens changed its state. */
const UploadChanged = v.object({
	type: v.literal('upload_changed'),
	uploadId: v.string(),
	state: v.picklist(UPLOAD_STATES),
	trackId: v.optional(v.string()),
	code: v.optional(v.picklist(FAILURES))
});

/** A track that the person may see plays now. Read it over HTTP. */
const TrackReady = v.object({ type: v.literal('track_ready'), trackId: v.string() });

/** These are not there any more, or not for everybody. */
const TracksGone = v.object({ type: v.literal('tracks_gone'), trackIds: v.array(v.string()) });

/** These are there again; `byUpload` when it was because their files came a second time. */
const TracksBack = v.object({
	type: v.literal('tracks_back'),
	trackIds: v.array(v.string()),
	byUpload: v.optional(v.boolean())
});

/** A playlist that the person keeps has another version now. Read it over HTTP. */
const PlaylistChanged = v.object({
	type: v.literal('playlist_changed'),
	playlistId: v.string(),
	version: v.number()
});

/** An import of the person who listens went on, or changed its state. Read it over HTTP. */
const ImportChanged = v.object({
	type: v.literal('import_changed'),
	importId: v.string(),
	state: v.picklist(IMPORT_STATES)
});

/** What was asked about a release has an answer, or waits for it. Read it over HTTP. */
const SuggestionChanged = v.object({
	type: v.literal('suggestion_changed'),
	releaseId: v.string(),
	state: v.picklist(MATCH_STATES)
});

/**
 * Everything of the person who listens that is worked on now: it takes the place of what was said before. What is done
 * in less than a beat of the channel is never in it.
 */
const WorkChanged = v.object({ type: v.literal('work_changed'), work: v.array(Working) });

/** What was asked for is older than what is kept: read everything afresh. */
const Reset = v.object({ type: v.literal('reset') });

export const ServerEvent = v.variant('type', [
	UploadChanged,
	TrackReady,
	TracksGone,
	TracksBack,
	PlaylistChanged,
	ImportChanged,
	SuggestionChanged,
	WorkChanged,
	Reset
]);
export type ServerEvent = v.InferOutput<typeof ServerEvent>;

/** One message of the live channel: everything up to `seq`. */
export const LiveMessage = v.object({ seq: v.number(), events: v.array(ServerEvent) });
export type LiveMessage = v.InferOutput<typeof LiveMessage>;

/** What the client says when the channel opens: the last number it saw, or null for "from now on". */
export const LiveHello = v.object({
	since: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))
});

/** The first word of a socket that only measures: it is told no news. */
export const LiveMeter = v.object({ measures: v.literal(true) });

/** A measurement of the line: the client sends a number of its own, and gets it back at once. */
export const LivePing = v.object({ ping: v.pipe(v.number(), v.safeInteger()) });

/**
 * @property at when it was said, in milliseconds by a clock of the server's own that only differences can be taken of
 * @property lateMs for how long the server's event loop had no time for anybody just before
 * @property received bytes that have come of the bodies that this person streams now, by their `Segue-Stream`
 */
export const LivePong = v.object({
	pong: v.number(),
	lateMs: v.number(),
	at: v.optional(v.number()),
	received: v.optional(v.record(v.string(), v.number()))
});
export type LivePong = v.InferOutput<typeof LivePong>;
