import { createServer } from 'node:net';
import { edgePorts } from './addresses.js';
import { Stop } from './say.js';

/**
 * Stops with a sentence if another program has one of our ports. Without this, Caddy may share a
 * port with a Caddy that was there before, and each visitor gets one or the other.
 * @param {import('./settings.js').Settings} settings
 */
export async function ensurePortsFree({ addresses, appPort }) {
	if (await isTaken(appPort, '127.0.0.1')) {
		throw new Stop(
			`Port ${appPort} is taken by another program: end that, or give the server another one, APP_PORT=${beside(appPort)} npm start.`
		);
	}
	for (const port of edgePorts(addresses)) {
		if (!(await isTaken(port))) continue;
		throw new Stop(
			`Port ${port} is taken by another program: end that, or choose another address, SITE_ADDRESS=https://localhost:${beside(Math.max(port, 8443))} npm start.`
		);
	}
}

/** @param {number} port */
const beside = (port) => (port < 65_535 ? port + 1 : port - 1);

/**
 * @param {number} port
 * @param {string} [host] every one, if left out
 * @returns {Promise<boolean>}
 */
export function isTaken(port, host) {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
			// Ports that need a privilege are Caddy's to try: its binary may have it.
			resolve(error.code === 'EADDRINUSE');
		});
		probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(false)));
	});
}
