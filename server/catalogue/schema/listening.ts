import type { Generated } from 'kysely';
import type { PlaySource } from '#contracts/play';
import type { Flag, Millis } from './columns.ts';

/** One listen that lasted. */
export interface PlayTable {
	id: Generated<number>;
	track_id: string;
	/** Whose track it is. */
	owner_id: string;
	/** Null for who is not signed in, keeps no history, or forgot it. */
	person_id: string | null;
	/** Salted hash of the person, or of address and agent: tells listeners of one day (UTC) apart, and says nothing more. */
	listener: string;
	/** How much of it was heard, as far as that is believed. */
	seconds: number;
	source: PlaySource;
	/** 0 for what artists play of their own: it is in their history and in no figure. */
	is_counted: Flag;
	at: Millis;
}

/** What listeners of a day are hashed with; gone with the day, so that nobody is found by a hash. */
export interface ListenerSaltTable {
	/** ISO 8601, UTC. */
	day: string;
	salt: string;
}

/** Sums of plays that count; `day` is days since 1970, UTC. Written by a trigger of `play`. */
export interface PlayDayTable {
	owner_id: string;
	day: number;
	track_id: string;
	plays: number;
}

export interface PlaySourceTable {
	owner_id: string;
	day: number;
	source: PlaySource;
	plays: number;
}

export interface ListenerDayTable {
	owner_id: string;
	day: number;
	plays: number;
	listeners: number;
}

export interface ListeningTables {
	play: PlayTable;
	listener_salt: ListenerSaltTable;
	play_day: PlayDayTable;
	play_source: PlaySourceTable;
	listener_day: ListenerDayTable;
}
