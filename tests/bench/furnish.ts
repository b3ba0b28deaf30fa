import { openAccounts } from '../../server/beside.ts';
import { loadConfig } from '../../server/config.ts';
import { makeSong } from '../support/music.ts';
import type { Client, TestPortal } from '../support/portal.ts';

/** More than the first page shows: whatever comes later, that page stays as large as it is. */
const RELEASES = 30;

/** An artist of this name, signed in. */
export async function addArtist(portal: TestPortal, name: string): Promise<Client> {
	const { accounts, close } = await openAccounts(loadConfig({ DATA_DIR: portal.dataDir }));
	try {
		const email = `${name.toLowerCase()}@portal.test`;
		const password = 'a-long-enough-one';
		await accounts.add({ email, role: 'artist', name, password });
		return await portal.signIn({ email, password });
	} finally {
		await close();
	}
}

/** A first page as a portal has it that is lived in. */
export async function furnish(portal: TestPortal): Promise<void> {
	const resident = await addArtist(portal, 'Resident');
	for (let at = 0; at < RELEASES; at += 1) {
		const tags = {
			title: `First ${at}`,
			artist: `Resident ${at % 5}`,
			album: `Already here ${at}`
		};
		const id = await resident.send(`First ${at}.mp3`, await makeSong(tags));
		const { state } = await resident.outcome(id);
		if (state !== 'ready') throw new Error(`a song ended as ${state}`);
	}
}
