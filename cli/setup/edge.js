import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { edgePorts, forCaddy, isLocal, redirects } from './addresses.js';
import { Child, describe } from './child.js';
import { ROOT } from './place.js';
import { onPath } from './programs.js';
import { Stop } from './say.js';

const ASK_EVERY_MS = 25;
const ANSWER_MS = 20_000;

/**
 * Starts Caddy.
 * @param {{ caddy: string, settings: import('./settings.js').Settings, env: NodeJS.ProcessEnv, online: import('./log.js').Log['online'] }} options
 */
export function startEdge({ caddy, settings, env, online }) {
	const args = ['run', '--config', `${ROOT}/Caddyfile`, '--adapter', 'caddyfile'];
	// If we are killed outright, nobody is left to end Caddy but the kernel.
	const setpriv = process.platform === 'linux' && onPath('setpriv', env.PATH ?? '');
	const [file, first] = setpriv ? [setpriv, ['--pdeathsig', 'TERM', caddy]] : [caddy, []];
	return new Child(file, [...first, ...args], {
		cwd: ROOT,
		env: edgeEnv(env, settings),
		online
	});
}

/**
 * What the Caddyfile is filled in with.
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./settings.js').Settings} settings
 * @returns {NodeJS.ProcessEnv}
 */
export function edgeEnv(env, { addresses, appPort, dataDir }) {
	return {
		...env,
		SITE_ADDRESS: forCaddy(addresses),
		APP_PORT: String(appPort),
		DATA_DIR: dataDir,
		CLIENT_DIR: join(ROOT, 'build/client'),
		// A space empties the line that keeps Caddy off port 80.
		EDGE_REDIRECTS: redirects(addresses) ? ' ' : undefined,
		// Caddy keeps its last configuration and its certificates in the home folder otherwise.
		XDG_CONFIG_HOME: join(dataDir, 'caddy'),
		XDG_DATA_HOME: join(dataDir, 'caddy')
	};
}

/**
 * Waits until every address answers; names with a public certificate, until their port is open:
 * the certificate may take minutes to come.
 * @param {import('./settings.js').Settings} settings
 * @param {AbortSignal} signal
 */
export async function edgeAnswers({ addresses }, signal) {
	const deadline = Date.now() + ANSWER_MS;
	for (const port of edgePorts(addresses)) {
		const address = addresses.find((one) => one.port === port);
		const secure = address?.scheme === 'https' && isLocal(address) ? address.host : null;
		while (!(await answers(port, secure))) {
			if (signal.aborted) return;
			if (Date.now() > deadline) throw new Stop(`Caddy does not answer on port ${port}.`);
			await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
		}
	}
}

/**
 * @param {number} port
 * @param {string | null} host the name to ask a certificate for, if any
 * @returns {Promise<boolean>}
 */
function answers(port, host) {
	return new Promise((resolve) => {
		const at = { host: '127.0.0.1', port };
		// Only whether there is a certificate matters here, not who vouches for it.
		const socket = host
			? connectTls({ ...at, ...nameOf(host), rejectUnauthorized: false })
			: connect(at);
		const end = (/** @type {boolean} */ answer) => {
			socket.destroy();
			resolve(answer);
		};
		socket.on(host ? 'secureConnect' : 'connect', () => end(true));
		socket.on('error', () => end(false));
		socket.on('close', () => end(false));
	});
}

/** @param {string} host TLS knows no name that is a number */
const nameOf = (host) => (/^[\d.]+$|^\[/.test(host) ? {} : { servername: host });

/**
 * Why Caddy ended, for the person who started it.
 * @param {Child} edge
 * @param {import('./child.js').Ending} ending
 * @param {import('./log.js').Log} log
 */
export function whyEdgeEnded(edge, ending, log) {
	const said = edge.lastLines.join('\n');
	if (/bind: permission denied/.test(said)) {
		return 'Caddy may not listen on a port below 1024 as this user: allow it with `sudo setcap cap_net_bind_service=+ep "$(command -v caddy)"`, or choose a higher port in SITE_ADDRESS.';
	}
	return `Caddy ended ${describe(ending)}.${log.isSeen ? '' : ` The last it said:\n\n${said}`}`;
}
