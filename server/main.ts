import { createApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';

/** BSD's EX_CONFIG: starting again will not help. */
const EXIT_CONFIG = 78;

async function main() {
	const app = await createApp(loadConfig(process.env));
	let isClosing = false;
	const close = () => {
		if (isClosing) return;
		isClosing = true;
		app.close().then(
			() => process.exit(0),
			(error: unknown) => {
				console.error(error);
				process.exit(1);
			}
		);
	};
	// Not `once`: a library that sees no other listener left when the signal comes sends it again, and that ends us at once.
	process.on('SIGTERM', close);
	process.on('SIGINT', close);
	// Whoever started us died: nobody would ever end us.
	process.once('disconnect', close);
	const { port, setupUrl } = await app.listen();
	process.send?.({ type: 'listening', port, setupUrl });
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
});
