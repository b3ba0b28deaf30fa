import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Person } from '#contracts/account';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Cage } from '../media/cage.ts';
import type { Workshop } from '../media/workshop.ts';
import type { Log } from '../ops/log.ts';
import type { Storage } from '../storage/storage.ts';

interface HealthOptions {
	catalogue: Pick<Catalogue, 'ping'>;
	storage: Pick<Storage, 'probe' | 'freeBytes'>;
	workshop: Pick<Workshop, 'isEquipped'>;
	cage: Pick<Cage, 'missing' | 'means'>;
	person: (request: IncomingMessage) => Promise<Person | null>;
	reserveBytes: number;
	log: Log;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can also do its work. Neither says more than yes or no by name, but
 * for the owner, who also hears how well strangers' files are kept apart from this machine.
 */
export function createHealth(options: HealthOptions) {
	const { catalogue, storage, workshop, cage, person, reserveBytes, log } = options;

	const checks: Record<string, () => Promise<boolean>> = {
		database: async () => {
			await catalogue.ping();
			return true;
		},
		storage: async () => {
			await storage.probe();
			return true;
		},
		disk: async () => (await storage.freeBytes()) > reserveBytes,
		ffmpeg: async () => workshop.isEquipped()
	};

	async function readiness() {
		const results = await Promise.all(
			Object.entries(checks).map(async ([name, check]) => {
				const isOk = await check().catch((error: unknown) => {
					log.error('not ready', { check: name, error });
					return false;
				});
				return [name, isOk] as const;
			})
		);
		return Object.fromEntries(results);
	}

	const isolation = () => {
		const missing = cage.missing.map((layer) => ({ layer, means: cage.means[layer] }));
		return { status: missing.length === 0 ? ('ok' as const) : ('degraded' as const), missing };
	};

	/** Told to those who could do something about it; attackers learn nothing. */
	async function isolationFor(request: IncomingMessage) {
		// Without a database nobody is known, and the rest is still worth saying.
		const viewer = await person(request).catch(() => null);
		if (viewer?.role !== 'owner') return {};
		return { isolation: isolation() };
	}

	const answer = (response: ServerResponse, status: number, body: unknown) => {
		response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
		response.end(JSON.stringify(body));
	};

	const mounts = [
		{
			path: '/healthz',
			handle: async (_request: IncomingMessage, response: ServerResponse) =>
				answer(response, 200, { status: 'ok' })
		},
		{
			path: '/readyz',
			handle: async (request: IncomingMessage, response: ServerResponse) => {
				const ready = await readiness();
				// A full disk stops uploads, not listeners: degraded, and still in service.
				const canServe = ready['database'] === true && ready['storage'] === true;
				const isFine = Object.values(ready).every(Boolean);
				answer(response, canServe ? 200 : 503, {
					status: isFine ? 'ok' : canServe ? 'degraded' : 'down',
					checks: ready,
					...(await isolationFor(request))
				});
			}
		}
	];

	return {
		mounts,
		/** The same for the owner's page. */
		readiness: async () => ({ checks: await readiness(), isolation: isolation() })
	};
}
