import { existsSync } from 'node:fs';
import { createAccounts } from './accounts/accounts.ts';
import { openCatalogue } from './catalogue/catalogue.ts';
import type { Config } from './config.ts';
import { createDeadLetters } from './jobs/dead-letters.ts';
import { createReviveIngest } from './jobs/revive-ingest.ts';
import type { Live } from './live/live.ts';
import { claimStorage } from './storage/storage.ts';

/*
 * The composition root of a command. Each opens the parts that it needs and nothing else, so it may run beside a
 * server, and does not wait for the whole of one to be loaded.
 */

/** Changes that are taken up in one transaction. */
const LARGE_STEP = 5_000;

/** Accounts alone. */
export async function openAccounts(config: Config) {
	const catalogue = await openBeside(config);
	const accounts = createAccounts({ catalogue, registration: config.registration });
	return { accounts, close: () => catalogue.close() };
}

/** What was given up. A server that runs beside it takes up what is brought back. */
export async function openDeadLetters(config: Config) {
	const catalogue = await openBeside(config);
	const say: Live['say'] = async (personId, event, { events } = catalogue) => {
		await events.add(personId, event, Date.now());
	};
	const deadLetters = createDeadLetters({
		catalogue,
		revive: { ingest: createReviveIngest({ say }) }
	});
	return { deadLetters, close: () => catalogue.close() };
}

/** Brings everything under its words at once, where nobody waits for pages. @returns how many changes were taken up */
export async function indexNow(config: Config): Promise<number> {
	const catalogue = await openBeside(config);
	try {
		let all = 0;
		for (let done = 1; done > 0; all += done) {
			done = await catalogue.transaction(({ searchIndex }) => searchIndex.absorb(LARGE_STEP));
		}
		return all;
	} finally {
		await catalogue.close();
	}
}

async function openBeside(config: Config) {
	// Whoever makes the database first also makes the storage folder known: later it must be the same one.
	const isNew = !existsSync(config.database.file);
	await claimStorage({ root: config.storage.folder, isNew });
	return openCatalogue(config.database);
}
