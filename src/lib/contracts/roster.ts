import * as v from 'valibot';
import { ROLES, type Person } from './account.ts';

const GIGABYTE = 1e9;

/** Somebody as the portal's owner sees them. */
export interface Member extends Person {
	/** ISO 8601. */
	since: string;
	/** When they were removed; null for who is here. */
	removedAt: string | null;
	tracks: number;
	/** Bytes that count against their quota. */
	used: number;
	/** Their own, in bytes; null for the portal's. */
	quota: number | null;
}

export interface RosterPage {
	people: Member[];
	next: string | null;
}

export const NewRole = v.object({ role: v.picklist(ROLES, () => 'is not a role') });

/** From a form: gigabytes, or nothing for as much as everybody gets. @returns bytes or null */
export const NewQuota = v.object({
	quota: v.pipe(
		v.string(() => 'is missing'),
		v.trim(),
		v.regex(/^$|^\d{1,6}([.,]\d{1,3})?$/, () => 'is not a number of gigabytes'),
		v.transform((text) =>
			text === '' ? null : Math.round(Number(text.replace(',', '.')) * GIGABYTE)
		)
	)
});

/** What becomes of the music of somebody who is removed. */
export const Removal = v.object({ music: v.picklist(['stays', 'bin'], () => 'is missing') });
export type Removal = v.InferOutput<typeof Removal>;
