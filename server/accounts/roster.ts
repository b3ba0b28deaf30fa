import type { Person, Role } from '#contracts/account';
import { Problem } from '#contracts/problem';
import type { Member, Removal, RosterPage } from '#contracts/roster';
import { usedBytes } from '#contracts/space';
import type { Catalogue, Nouns } from '../catalogue/catalogue.ts';
import type { StoredMember } from '../catalogue/people.ts';
import type { Live } from '../live/live.ts';

/** Each costs a look at what they have. */
const PAGE = 25;
const DAY_MS = 24 * 60 * 60 * 1000;
/** As long as their music may lie in the bin. */
const COMES_BACK_MS = 30 * DAY_MS;

interface RosterOptions {
	catalogue: Catalogue;
	live: Pick<Live, 'say'>;
	now?: () => number;
}

/** Everybody who has an account, for the portal's owner. */
export function createRoster({ catalogue, live, now = Date.now }: RosterOptions) {
	function mustBeOwner({ role }: Person) {
		if (role !== 'owner') throw new Problem('forbidden');
	}

	async function member(nouns: Nouns, id: string): Promise<StoredMember> {
		const found = await nouns.people.member(id);
		if (!found) throw new Problem('not_found');
		return found;
	}

	/** Somebody must be there to let others in. @throws Problem last_owner */
	async function mustNotBeLast(nouns: Nouns, { role, removedAt }: StoredMember) {
		if (role !== 'owner' || removedAt !== null) return;
		if ((await nouns.people.owners()) <= 1) throw new Problem('last_owner');
	}

	async function toMembers(stored: readonly StoredMember[]): Promise<Member[]> {
		const ids = stored.map(({ id }) => id);
		const used = await catalogue.quota.usedBy(ids);
		const tracks = await catalogue.people.tracksOf(ids);
		return stored.map(({ createdAt, removedAt, ...person }) => {
			const space = used.get(person.id);
			return {
				...person,
				since: new Date(createdAt).toISOString(),
				removedAt: removedAt === null ? null : new Date(removedAt).toISOString(),
				tracks: tracks.get(person.id) ?? 0,
				used: space ? usedBytes({ ...space, quota: null }) : 0
			};
		});
	}

	return {
		/** Who came last is first. @throws Problem forbidden */
		async page(by: Person, cursor: string | null): Promise<RosterPage> {
			mustBeOwner(by);
			const { people, next } = await catalogue.people.page({ cursor, limit: PAGE });
			return { people: await toMembers(people), next };
		},

		/** @throws Problem forbidden, not_found */
		async one(by: Person, id: string): Promise<Member> {
			mustBeOwner(by);
			const [found] = await toMembers([await member(catalogue, id)]);
			if (!found) throw new Problem('not_found');
			return found;
		},

		/** @throws Problem forbidden, not_found, last_owner */
		setRole: (by: Person, id: string, role: Role): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				mustBeOwner(by);
				const found = await member(nouns, id);
				if (role !== 'owner') {
					await mustNotBeLast(nouns, found);
					await nouns.invites.withdrawAllOf(id);
				}
				await nouns.people.setRole(id, role);
			}),

		/** @param bytes null for as much as everybody gets @throws Problem forbidden, not_found */
		setQuota: (by: Person, id: string, bytes: number | null): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				mustBeOwner(by);
				await member(nouns, id);
				await nouns.quota.set(id, bytes);
			}),

		/**
		 * They are signed out everywhere and cannot come in. Their music stays, or goes to the bin.
		 * @throws Problem forbidden, not_found, last_owner
		 */
		remove: (by: Person, id: string, { music }: Removal): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				mustBeOwner(by);
				const found = await member(nouns, id);
				if (found.removedAt !== null) throw new Problem('not_found');
				await mustNotBeLast(nouns, found);
				const at = now();
				await nouns.people.remove(id, at);
				await nouns.invites.withdrawAllOf(id);
				if (music === 'stays') return;
				const trackIds = await nouns.bin.putAllOf(found, at);
				if (trackIds.length > 0) await live.say(null, { type: 'reset' }, nouns);
			}),

		/** As they were, with their music. @throws Problem forbidden, not_found */
		letBack: (by: Person, id: string): Promise<void> =>
			catalogue.transaction(async (nouns) => {
				mustBeOwner(by);
				const { removedAt } = await member(nouns, id);
				if (removedAt === null) throw new Problem('not_found');
				await nouns.people.letBack(id);
				for (const entry of await nouns.bin.entriesOfRemoval(id, removedAt)) {
					await nouns.bin.restore(entry);
				}
				await live.say(null, { type: 'reset' }, nouns);
			}),

		/** Of who was removed long enough ago, address and password are forgotten: then nobody lets them back. */
		sweep: (): Promise<void> => catalogue.people.forgetRemoved(now() - COMES_BACK_MS)
	};
}
