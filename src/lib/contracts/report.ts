import * as v from 'valibot';

export const REASONS = ['copyright', 'hateful', 'wrong', 'spam', 'other'] as const;
export type Reason = (typeof REASONS)[number];

const REPORTED = ['track', 'release'] as const;

/** `POST /api/reports`, by anybody: what is wrong with a track or a release that everybody may open. */
export const NewReport = v.object({
	kind: v.picklist(REPORTED, () => 'is unknown'),
	id: v.pipe(
		v.string(),
		v.regex(/^[0-9a-f]{32}$/, () => 'is unknown')
	),
	reason: v.picklist(REASONS, () => 'is missing'),
	text: v.optional(
		v.pipe(
			v.string(),
			v.trim(),
			v.maxLength(2000, () => 'is too long')
		)
	)
});
export type NewReport = v.InferOutput<typeof NewReport>;

export type ReportState = 'open' | 'closed';

/** As the portal's owner sees it. */
export interface Report {
	id: string;
	kind: NewReport['kind'];
	targetId: string;
	name: string;
	artist: string;
	/** Null when what it is about is not there any more. */
	slug: string | null;
	isTakenDown: boolean;
	reason: Reason;
	text: string | null;
	/** Null for somebody who was not signed in. */
	reporter: string | null;
	state: ReportState;
	/** ISO 8601. */
	createdAt: string;
}

export interface ReportPage {
	reports: Report[];
	next: string | null;
}

/** Why something is taken down: its artist reads it. */
export const TakeDown = v.object({
	kind: v.picklist(REPORTED, () => 'is unknown'),
	id: v.pipe(
		v.string(),
		v.regex(/^[0-9a-f]{32}$/, () => 'is unknown')
	),
	reason: v.pipe(
		v.string(() => 'is missing'),
		v.trim(),
		v.minLength(1, () => 'is missing'),
		v.maxLength(500, () => 'is too long')
	)
});
export type TakeDown = v.InferOutput<typeof TakeDown>;

export interface TakenDown {
	id: string;
	slug: string;
	title: string;
	artist: string;
	reason: string;
	/** ISO 8601. */
	at: string;
}

export interface TakenDownPage {
	tracks: TakenDown[];
	next: string | null;
}
