import { formatAddress, isLocal } from './addresses.js';
import { edgeAnswers, startEdge, whyEdgeEnded } from './edge.js';
import { logsIn, openLog } from './log.js';
import { SIGNALS } from './run.js';
import { say } from './say.js';
import { Server } from './server.js';

const EDGE_PATIENCE_MS = 5_000;
const PARENT_BEAT_MS = 500;

/**
 * Runs the edge and the server until someone ends them.
 * @param {object} options
 * @param {string} options.node
 * @param {string} options.caddy
 * @param {import('./settings.js').Settings} options.settings
 * @param {string} options.entry the server's file
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(onchange: () => void) => () => void} [options.watch] for development: calls back when the server is to start anew
 * @returns {Promise<number>} the exit code
 */
export async function runPortal({ node, caddy, settings, entry, env, watch }) {
	const terminal = process.stdout.isTTY && !process.env.CI;
	const at = { dataDir: settings.dataDir, terminal };
	const logs = {
		edge: openLog({ ...at, name: 'caddy', shown: 'nothing' }),
		server: openLog({ ...at, name: 'server', shown: watch ? 'text' : 'warnings' })
	};

	const asked = signalled();
	const edge = startEdge({ caddy, settings, env, online: logs.edge.online });
	const server = new Server({
		node,
		entry,
		env: { ...env, DATA_DIR: settings.dataDir },
		log: logs.server,
		isPatient: watch !== undefined
	});
	server.start();
	const unwatch = watch?.(() => void server.restart());

	const waiting = new AbortController();
	/** @type {Promise<string | null>} null when someone asked for it, else what went wrong */
	const end = Promise.race([
		asked.then(() => null),
		edge.ended.then((ending) => whyEdgeEnded(edge, ending, logs.edge)),
		server.lost.then(({ message }) => message)
	]);
	const up = Promise.all([server.listening, edgeAnswers(settings, waiting.signal)]).then(
		([{ setupUrl }]) => {
			if (!waiting.signal.aborted) greet(settings, setupUrl, terminal);
			return end;
		}
	);
	const wrong = await Promise.race([end, up]).catch((error) => String(error.message));
	waiting.abort();

	unwatch?.();
	await server.stop();
	await edge.stop(EDGE_PATIENCE_MS);
	for (const log of Object.values(logs)) log.close();
	if (wrong === null) return 0;
	if (wrong) process.stderr.write(`${wrong}\n`);
	return 1;
}

/**
 * Settles when someone ends us; signals that follow change nothing, the end is under way.
 * @returns {Promise<void>}
 */
const signalled = () =>
	new Promise((resolve) => {
		for (const signal of SIGNALS) process.on(signal, () => resolve());
		// npm ends by SIGTERM without a word to what its shell runs.
		if (!process.env.npm_lifecycle_event) return;
		const parent = process.ppid;
		setInterval(() => process.ppid !== parent && resolve(), PARENT_BEAT_MS).unref();
	});

/**
 * @param {import('./settings.js').Settings} settings
 * @param {string | null} setupUrl
 * @param {boolean} terminal
 */
function greet({ addresses, dataDir }, setupUrl, terminal) {
	say(`\nSegue is at ${addresses.map(formatAddress).join(' and ')}`);
	if (setupUrl) say(`\nIts first account is made at\n  ${setupUrl}`);
	say();
	if (addresses.some((address) => address.scheme === 'https' && isLocal(address))) {
		say('Your browser will ask about the certificate: it is Caddy’s own, made on this machine.');
	}
	say(terminal ? `Ctrl-C ends it. Logs are in ${logsIn(dataDir)}` : 'Ctrl-C ends it.');
}
