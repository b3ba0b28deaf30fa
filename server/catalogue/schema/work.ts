import type { Generated } from 'kysely';
import type { Millis } from './columns.ts';

export interface JobTable {
	id: Generated<number>;
	kind: string;
	/** One job for each key, however often it is added. */
	key: string;
	payload: string;
	/** Whose work it is; null for the portal's own. */
	owner_id: string | null;
	/** Lower goes first. */
	priority: number;
	/** Within a priority, lower goes first: the n-th jobs of all owners come before anybody's next. */
	turn: number;
	/** `dropped` is dead, and forgotten soon. */
	state: 'waiting' | 'running' | 'dead' | 'dropped';
	/** Since it was added, or brought back from the dead. */
	attempts: number;
	run_at: Millis;
	lease_until: Millis | null;
	added_at: Millis;
	/** Why it failed last: a code of contracts/job. */
	cause: string | null;
	last_error: string | null;
	first_failed_at: Millis | null;
	last_failed_at: Millis | null;
	dropped_at: Millis | null;
}

export interface EventTable {
	seq: Generated<number>;
	/** Who hears it; null for everybody who is signed in. */
	person_id: string | null;
	body: string;
	at: Millis;
}

export interface WorkTables {
	job: JobTable;
	event: EventTable;
}
