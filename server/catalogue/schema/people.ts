import type { Generated } from 'kysely';
import type { Role } from '#contracts/account';
import type { Flag, Millis } from './columns.ts';

export interface PersonTable {
	id: string;
	email: string;
	name: string;
	role: Role;
	password_hash: string;
	created_at: Millis;
	/** Whether what they play is remembered for them. */
	keeps_history: Generated<Flag>;
	/** What their music may take, in bytes; null for what the portal gives everybody. */
	quota_bytes: number | null;
	/** Since when they may not come in any more; then they may still be let back. */
	removed_at: Millis | null;
	/** When they looked last at what is new from the artists they follow; 0 for never. */
	news_seen_at: Generated<Millis>;
}

/** What stands for a person: a browser's session, an API token, or the right to send uploads. */
export type CredentialKind = 'session' | 'api' | 'upload';

export interface CredentialTable {
	token_hash: string;
	person_id: string;
	kind: CredentialKind;
	created_at: Millis;
	expires_at: Millis | null;
}

export interface InviteTable {
	token_hash: string;
	role: Role;
	/** Null for the first owner's link. */
	created_by: string | null;
	created_at: Millis;
	expires_at: Millis;
	used_at: Millis | null;
}

export interface LikedTable {
	person_id: string;
	track_id: string;
	at: Millis;
}

export interface FollowTable {
	person_id: string;
	artist_id: string;
	at: Millis;
}

export interface PeopleTables {
	person: PersonTable;
	credential: CredentialTable;
	invite: InviteTable;
	liked: LikedTable;
	follow: FollowTable;
}
