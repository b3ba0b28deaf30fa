import { existsSync } from 'node:fs';
import { openAccounts } from '../../server/beside.ts';
import type { Config } from '../../server/config.ts';

/** What a person can mend: said as it is, without a stack. */
export class Mistake extends Error {}

const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Nobody stands between this machine and itself: a certificate that nobody signed is as good as any. */
export function isThisMachine(address: string): boolean {
	return LOOPBACK.test(new URL(address).hostname);
}

/** @throws Mistake when no portal answers there */
export async function ensurePortal(address: string): Promise<void> {
	let response: Response;
	try {
		response = await fetch(new URL('/healthz', address));
	} catch (cause) {
		throw new Mistake(
			`Nothing answers at ${address}. Run \`npm start\` in another terminal, and then this again. For a portal elsewhere: npm run demo -- --to https://music.example --token sg_…`,
			{ cause }
		);
	}
	if (!response.ok) {
		throw new Mistake(`${address} answers ${response.status}: is it a Segue portal, and well?`);
	}
}

/**
 * A token of the owner for as long as the work takes, from the data that lies on this machine.
 * @throws Mistake when there is no data here, or no owner yet
 */
export async function withOwnersToken<T>(
	config: Config,
	work: (token: string) => Promise<T>
): Promise<T> {
	if (!existsSync(config.database.file)) {
		throw new Mistake(
			`The portal does not keep its data in ${config.dataDir}. Give the DATA_DIR that it has, or a token: npm run demo -- --token sg_…  (\`npx segue token create --email you@example.com\` prints one.)`
		);
	}
	const { accounts, close } = await openAccounts(config);
	try {
		const owner = (await accounts.people()).find(({ role }) => role === 'owner');
		if (!owner) {
			throw new Mistake(
				'This portal has no owner yet. Open the link that `npm start` printed, make your account, and run this again.'
			);
		}
		const token = await accounts.apiToken(owner.email);
		try {
			return await work(token);
		} finally {
			await accounts.signOut(token);
		}
	} finally {
		await close();
	}
}
