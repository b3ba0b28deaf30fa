import type { RequestListener, Server } from 'node:http';
import { createServer, type ViteDevServer } from 'vite';
import { createApp, type Portal } from '../server/app.ts';
import { ConfigError, loadConfig } from '../server/config.ts';
import { parseAddresses } from './setup/addresses.js';

/** As `server/main.ts` has it. */
const EXIT_CONFIG = 78;

async function main() {
	const config = loadConfig(process.env);
	let vite: ViteDevServer | undefined;

	/** Vite where the built pages stand otherwise. Node runs `server/`: loaded through Vite it would be another copy. */
	async function loadVite(portal: Portal, server: Server): Promise<RequestListener> {
		Object.assign(globalThis, { [Symbol.for('segue.portal')]: portal });
		vite = await createServer({
			server: {
				middlewareMode: true,
				// On our own server, so that it comes through the edge as everything does.
				hmr: { server },
				allowedHosts: parseAddresses(config.site.addresses.join(',')).map(({ host }) => host)
			}
		});
		return vite.middlewares;
	}

	const app = await createApp(config, { pages: loadVite });
	const close = async () => {
		await vite?.close();
		await app.close();
		process.exit(0);
	};
	process.once('SIGTERM', () => void close());
	process.once('disconnect', () => void close());

	const { port, setupUrl } = await app.listen();
	process.send?.({ type: 'listening', port, setupUrl });
}

main().catch((error: unknown) => {
	const isConfig = error instanceof ConfigError;
	console.error(isConfig ? error.message : error);
	process.exit(isConfig ? EXIT_CONFIG : 1);
});
