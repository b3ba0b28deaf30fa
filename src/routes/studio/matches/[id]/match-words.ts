import type { MatchFailure, MatchField } from '#contracts/match';
import { spoken } from '#language/spoken';

export const FIELD_WORDS: Record<MatchField, string> = spoken(() => ({
	cover: 'Cover',
	album: 'Title',
	albumArtist: 'Artist',
	date: 'Date',
	title: 'Title',
	artist: 'Artist',
	discNumber: 'Disc',
	trackNumber: 'Number'
}));

export const FAILURE_WORDS: Record<MatchFailure, string> = spoken(() => ({
	unreachable: 'MusicBrainz could not be reached. Nothing was changed.',
	busy: 'MusicBrainz has no time just now. Try again in a few minutes.',
	nonsense: 'MusicBrainz gave an answer that Segue does not understand. Nothing was changed.',
	too_many_tracks: 'It has more than 200 tracks: only smaller releases can be looked up.',
	unexpected: 'Something went wrong here. Nothing was changed.'
}));
