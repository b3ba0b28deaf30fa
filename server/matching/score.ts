import { nameKey } from '../folding.ts';

/** A release as it is here. */
export interface OwnRelease {
	title: string;
	artist: string;
	tracks: readonly OwnTrack[];
}

export interface OwnTrack {
	id: string;
	title: string;
	artist: string;
	disc: number | null;
	number: number | null;
	durationMs: number;
}

/** A release as a search lists it. */
export interface Listed {
	id: string;
	title: string;
	artist: string;
	trackCount: number | null;
}

export interface Candidate {
	id: string;
	title: string;
	artist: string;
	/** ISO 8601: a year, a month or a day. */
	date: string | null;
	hasCover: boolean;
	discs: number;
	tracks: readonly CandidateTrack[];
}

export interface CandidateTrack {
	title: string;
	artist: string;
	disc: number;
	number: number;
	durationMs: number | null;
}

/** Below it, a release is taken for another one. */
export const GOOD_ENOUGH = 0.75;
/** Below it, a track is taken for another one. */
const SAME_TRACK = 0.6;
/** Encoders add silence: so much apart is the same recording. From the second on it is surely another. */
const SAME_LENGTH_MS = 2_000;
const OTHER_LENGTH_MS = 15_000;
const WEIGHTS = { title: 0.25, artist: 0.25, count: 0.1, tracks: 0.4 };

/** How well names alone fit, 0 to 1: what to look at first. */
export function likelihood(own: OwnRelease, listed: Listed): number {
	const names = (likeness(own.title, listed.title) + likeness(own.artist, listed.artist)) / 2;
	if (listed.trackCount === null) return names;
	return 0.8 * names + 0.2 * countFit(own.tracks.length, listed.trackCount);
}

export interface Fit {
	/** 0 to 1. */
	score: number;
	/** By the ids of one's own tracks; each of the candidate's is at most one's. */
	pairs: ReadonlyMap<string, CandidateTrack>;
}

/** How well a release fits in whole, and which of its tracks are which. */
export function fit(own: OwnRelease, candidate: Candidate): Fit {
	const pairs = new Map<string, CandidateTrack>();
	let sum = 0;
	for (const { track, found, score } of paired(own.tracks, candidate.tracks)) {
		pairs.set(track.id, found);
		sum += score;
	}
	const parts = {
		title: likeness(own.title, candidate.title),
		artist: likeness(own.artist, candidate.artist),
		count: countFit(own.tracks.length, candidate.tracks.length),
		tracks: own.tracks.length === 0 ? 0 : sum / own.tracks.length
	};
	const score =
		WEIGHTS.title * parts.title +
		WEIGHTS.artist * parts.artist +
		WEIGHTS.count * parts.count +
		WEIGHTS.tracks * parts.tracks;
	return { score, pairs };
}

interface Pair {
	track: OwnTrack;
	found: CandidateTrack;
	score: number;
}

/** Those in the same place first, then whichever fit best among the rest. */
function paired(own: readonly OwnTrack[], candidates: readonly CandidateTrack[]): Pair[] {
	const pairs: Pair[] = [];
	const free = new Set(candidates);
	const open = new Set(own);
	const take = (pair: Pair) => {
		pairs.push(pair);
		free.delete(pair.found);
		open.delete(pair.track);
	};
	const byPlace = new Map(candidates.map((found) => [`${found.disc}/${found.number}`, found]));
	for (const track of own) {
		const found = byPlace.get(`${track.disc ?? 1}/${track.number}`);
		if (!found || !free.has(found)) continue;
		const score = trackFit(track, found);
		// A title that fits badly may fit another one well.
		if (score >= SAME_TRACK && likeness(track.title, found.title) >= SAME_TRACK)
			take({ track, found, score });
	}
	const rest: Pair[] = [];
	for (const track of open) {
		for (const found of free) {
			const score = trackFit(track, found);
			if (score >= SAME_TRACK) rest.push({ track, found, score });
		}
	}
	for (const pair of rest.sort((a, b) => b.score - a.score)) {
		if (open.has(pair.track) && free.has(pair.found)) take(pair);
	}
	return pairs;
}

function trackFit(track: OwnTrack, found: CandidateTrack): number {
	const title = likeness(track.title, found.title);
	if (found.durationMs === null) return title;
	return (title + lengthFit(track.durationMs, found.durationMs)) / 2;
}

function lengthFit(a: number, b: number): number {
	const apart = Math.abs(a - b);
	if (apart <= SAME_LENGTH_MS) return 1;
	return Math.max(0, 1 - (apart - SAME_LENGTH_MS) / (OTHER_LENGTH_MS - SAME_LENGTH_MS));
}

const countFit = (a: number, b: number) =>
	a === 0 || b === 0 ? 0 : Math.min(a, b) / Math.max(a, b);

/** 1 for spellings of one name, 0 for names that share nothing: what part of their pairs of letters they share. */
export function likeness(a: string, b: string): number {
	const [one, other] = [lettersOf(a), lettersOf(b)];
	if (one === other) return 1;
	const [ones, others] = [pairsOf(one), pairsOf(other)];
	const total = ones.length + others.length;
	if (total === 0) return 0;
	const left = new Map<string, number>();
	for (const pair of ones) left.set(pair, (left.get(pair) ?? 0) + 1);
	let shared = 0;
	for (const pair of others) {
		const n = left.get(pair) ?? 0;
		if (n === 0) continue;
		left.set(pair, n - 1);
		shared += 1;
	}
	return (2 * shared) / total;
}

function lettersOf(name: string): string {
	const key = nameKey(name).replaceAll('&', ' and ');
	const letters = key.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
	return letters || key; // a title may be "!!!"
}

function pairsOf(text: string): string[] {
	return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}
