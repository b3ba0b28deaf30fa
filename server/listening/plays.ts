import { createHmac, randomBytes } from 'node:crypto';
import type { Person } from '#contracts/account';
import { countsAfter, type NewPlay } from '#contracts/play';
import { Problem } from '#contracts/problem';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { Rate } from './rate.ts';

/** Clocks and lines are not exact. */
const SLACK_MS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Plays of one person or address; ten hours of the shortest songs. */
const RATE = { limit: 300, windowMs: 60 * 60 * 1000 };
/** Plays of one track from one address without a person, however many listeners it says it is. */
const TRACK_RATE = { limit: 10, windowMs: DAY_MS };

/** Programs that fetch, by the names they give themselves. */
const ROBOT = /bot\b|crawl|spider|slurp|preview|curl\/|wget\/|python|headless-fetch|monitor/i;

/** Who sent a play. */
export interface Listener {
	person: Person | null;
	/** As the edge says it: an address, with a port or without. */
	peer: string;
	agent: string;
}

interface PlaysOptions {
	catalogue: Pick<Catalogue, 'transaction' | 'tracks' | 'plays'>;
	now?: () => number;
}

export type Plays = ReturnType<typeof createPlays>;

/** Which listens count: once each, and no more of them than time allows. */
export function createPlays({ catalogue, now = Date.now }: PlaysOptions) {
	const rate = new Rate({ ...RATE, now });
	const trackRate = new Rate({ ...TRACK_RATE, now });

	return {
		/**
		 * Writes a listen down, unless it is too short, or cannot be true: then nothing happens, and nothing is said.
		 * @returns whether it was written down
		 * @throws Problem not_found for what this person may not hear; too_many_requests
		 */
		async record(listener: Listener, play: NewPlay): Promise<boolean> {
			const { person } = listener;
			const address = networkOf(listener.peer);
			if (!rate.take(person?.id ?? address)) throw new Problem('too_many_requests');
			const track = await catalogue.tracks.byId(play.trackId, person);
			if (!track) throw new Problem('not_found');
			if (!person && (listener.agent === '' || ROBOT.test(listener.agent))) return false;
			const { durationSeconds } = track;
			if (play.seconds < countsAfter(durationSeconds)) return false;
			if (play.seconds > durationSeconds + SLACK_MS / 1000) return false;

			return catalogue.transaction(async (nouns) => {
				const subject = await nouns.plays.subject(play.trackId);
				if (!subject) throw new Problem('not_found');
				const day = new Date(now()).toISOString().slice(0, 10);
				const salt = await nouns.plays.salt(day, randomBytes(16).toString('base64url'));
				const hash = hashOf(salt, person ? `person ${person.id}` : `${address} ${listener.agent}`);
				const last = await nouns.plays.lastOf(hash, play.trackId);
				const since = (at: number | null) => (at === null ? Infinity : now() - at + SLACK_MS);
				// So much cannot have been heard since this listener's last listen.
				if (play.seconds * 1000 > since(last.any)) return false;
				if (durationSeconds * 1000 > since(last.same)) return false;
				if (!person && !trackRate.take(`${address} ${play.trackId}`)) return false;
				const keeps = person !== null && (await nouns.plays.keepsHistory(person.id));
				await nouns.plays.add({
					trackId: play.trackId,
					ownerId: subject.ownerId,
					releaseId: subject.releaseId,
					personId: keeps ? person.id : null,
					listener: hash,
					seconds: Math.round(Math.min(play.seconds, durationSeconds)),
					source: play.source,
					isCounted: person?.id !== subject.ownerId && isForOthers(subject.visibility),
					now: now()
				});
				return true;
			});
		},

		/** Hashes of days that are over lead to nobody. */
		sweep: () => catalogue.plays.forgetSalts(new Date(now() - DAY_MS).toISOString().slice(0, 10))
	};
}

function isForOthers(visibility: string): boolean {
	return visibility !== 'draft' && visibility !== 'private';
}

function hashOf(salt: string, who: string): string {
	return createHmac('sha256', salt).update(who).digest('base64url').slice(0, 22);
}

/** An address without its port; of IPv6 the half that a household has. */
export function networkOf(peer: string): string {
	const address = /^\[(.*)\](:\d+)?$/.exec(peer)?.[1] ?? peer.replace(/^([^:]*):\d+$/, '$1');
	if (!address.includes(':')) return address;
	const [head = '', tail] = address.split('::', 2);
	const first = head.split(':').filter(Boolean);
	const last = tail?.split(':').filter(Boolean) ?? [];
	const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
	return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
