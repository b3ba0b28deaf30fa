import type { Outgoing } from '../imports/outgoing.ts';
import type { FoundRelease } from './changes.ts';
import { isMbid, type MusicBrainz } from './musicbrainz.ts';
import {
	fit,
	GOOD_ENOUGH,
	likelihood,
	type Candidate,
	type Fit,
	type OwnRelease
} from './score.ts';

/** Each is a request, at one a second. */
const MAX_LOOKED_AT = 3;
/** Names that fit less are not looked at. */
const LIKELY = 0.5;
/** No other can fit much better. */
const CERTAIN = 0.95;

interface Best {
	candidate: Candidate;
	fit: Fit;
}

interface LookUp {
	musicbrainz: Pick<MusicBrainz, 'search' | 'release'>;
	outgoing: Outgoing;
	own: OwnRelease;
	/** As the tags of its tracks say. */
	mbid: string | undefined;
	signal: AbortSignal;
}

/**
 * The release at MusicBrainz that fits best, or null when none fits well.
 * @throws SourceError, NonsenseError
 */
export async function lookUp({ musicbrainz, outgoing, own, mbid, signal }: LookUp): Promise<{
	found: FoundRelease;
	hasCover: boolean;
} | null> {
	let best: Best | null = null;
	const look = async (id: string) => {
		const candidate = await unlessGone(() => musicbrainz.release(outgoing, id, signal));
		if (!candidate) return;
		const found = { candidate, fit: fit(own, candidate) };
		if (!best || found.fit.score > best.fit.score) best = found;
	};
	const score = () => best?.fit.score ?? 0;
	if (isMbid(mbid)) await look(mbid);
	if (score() < GOOD_ENOUGH) {
		const listed = await musicbrainz.search(outgoing, own, signal);
		const likely = listed
			.map((release) => ({ id: release.id, likelihood: likelihood(own, release) }))
			.filter((release) => release.likelihood >= LIKELY)
			.sort((a, b) => b.likelihood - a.likelihood)
			.slice(0, MAX_LOOKED_AT);
		for (const { id } of likely) {
			if (score() >= CERTAIN) break;
			await look(id);
		}
	}
	return score() < GOOD_ENOUGH ? null : best && toFound(best);
}

function toFound({ candidate, fit: { score, pairs } }: Best) {
	const { id, title, artist, date, discs, hasCover } = candidate;
	const tracks = Object.fromEntries(
		Array.from(pairs, ([own, { title, artist, disc, number }]) => [
			own,
			{ title, artist, disc, number }
		])
	);
	const trackCount = candidate.tracks.length;
	return { found: { id, title, artist, date, discs, trackCount, score, tracks }, hasCover };
}

/** A release that was merged or deleted says nothing about the others. */
async function unlessGone<T>(ask: () => Promise<T>): Promise<T | null> {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'not_there') return null;
		throw error;
	}
}
