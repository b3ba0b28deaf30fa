import type { Person } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type {
	NewReport,
	ReportPage,
	ReportState,
	TakeDown,
	TakenDownPage
} from '#contracts/report';
import { byAudience } from '../audiences.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Live } from '../live/live.ts';
import { Attempts } from './attempts.ts';

const PAGE = 50;
/** From one address; enough for an honest evening. */
const REPORT_LIMIT = { limit: 10, windowMs: 60 * 60 * 1000 };
/** "99 and more" says enough. */
const MOST_COUNTED = 100;

interface ModerationOptions {
	catalogue: Catalogue;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

/** What listeners report, and what the portal's owner does about it. */
export function createModeration({ catalogue, live, now = Date.now }: ModerationOptions) {
	const byPeer = new Attempts({ ...REPORT_LIMIT, now });

	function mustBeOwner({ role }: Person) {
		if (role !== 'owner') throw new Problem('forbidden');
	}

	return {
		/**
		 * @param peer the address that it came from
		 * @throws Problem not_found, also for what not everybody may open; too_many_requests
		 */
		async report(report: NewReport, reporter: Person | null, peer: string): Promise<void> {
			if (!byPeer.take(peer.replace(/:\d+$/, ''))) throw new Problem('too_many_requests');
			const target = await catalogue.reports.targetOf(report);
			if (!target) throw new Problem('not_found');
			const reporterId = reporter?.id ?? null;
			await catalogue.reports.add({ ...report, ...target, reporterId, now: now() });
		},

		/** What it is about, for the form. */
		target: (of: Pick<NewReport, 'kind' | 'id'>) => catalogue.reports.targetOf(of),

		openReports: (): Promise<number> => catalogue.reports.open(MOST_COUNTED),

		reports: (state: ReportState, cursor: string | null): Promise<ReportPage> =>
			catalogue.reports.page(state, { cursor, limit: PAGE }),

		/** @throws Problem forbidden, not_found */
		async settle(by: Person, reportId: string, state: ReportState): Promise<void> {
			mustBeOwner(by);
			if (!(await catalogue.reports.move(reportId, state))) throw new Problem('not_found');
		},

		/** Hides it from all but its artist, who reads why and cannot publish it. @throws Problem forbidden, not_found */
		async takeDown(by: Person, what: TakeDown): Promise<void> {
			mustBeOwner(by);
			await catalogue.transaction(async (nouns) => {
				const tracks = await nouns.takeDowns.add(what, now());
				if (tracks.length === 0) throw new Problem('not_found');
				await nouns.reports.closeAbout(what.id);
				for (const { personId, trackIds } of byAudience(tracks)) {
					await live.say(personId, { type: 'tracks_gone', trackIds }, nouns);
				}
			});
		},

		/** It is there again, as its artist wants it. @throws Problem forbidden, not_found */
		async putUp(by: Person, what: Pick<TakeDown, 'kind' | 'id'>): Promise<void> {
			mustBeOwner(by);
			await catalogue.transaction(async (nouns) => {
				const tracks = await nouns.takeDowns.remove(what);
				if (tracks.length === 0) throw new Problem('not_found');
				for (const { personId, trackIds } of byAudience(tracks)) {
					await live.say(personId, { type: 'tracks_back', trackIds }, nouns);
				}
			});
		},

		takenDown: (cursor: string | null): Promise<TakenDownPage> =>
			catalogue.takeDowns.page({ cursor, limit: PAGE })
	};
}
