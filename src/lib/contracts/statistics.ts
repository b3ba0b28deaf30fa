/** For how many days somebody may look back; more than a month is shown by weeks. */
export const PERIODS = [7, 30, 365] as const;
export type Period = (typeof PERIODS)[number];

/** A day, or the week that begins with it. */
export interface PlaysOfDay {
	/** ISO 8601, UTC. */
	day: string;
	plays: number;
	/** People and browsers that are told apart within a day. */
	listeners: number;
}

export interface Statistics {
	days: PlaysOfDay[];
	plays: number;
	listeners: number;
	/** The most played first. */
	tracks: { id: string; title: string; plays: number }[];
	/** Where they were played, most first: a page, an embedded player, a feed. */
	sources: { source: string; plays: number }[];
}

export interface TrackStatistics {
	days: PlaysOfDay[];
	total: number;
}
