import { Stop } from './say.js';

/** @typedef {{ scheme: 'http' | 'https', host: string, port: number }} Address */

export const DEFAULT_ADDRESS = 'https://localhost:8443';

const STANDARD_PORT = { http: 80, https: 443 };
const ADDRESS = /^(?:(https?):\/\/)?([a-z0-9*._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

/**
 * Reads SITE_ADDRESS. Without a scheme an address is https, as it is for Caddy.
 * @param {string} text
 * @returns {Address[]}
 */
export function parseAddresses(text) {
	const addresses = text
		.split(/[\s,]+/)
		.filter(Boolean)
		.map(parseAddress);
	if (addresses.length === 0) throw malformed();
	return addresses;
}

/** @param {string} text */
function parseAddress(text) {
	const found = ADDRESS.exec(text);
	if (!found) throw malformed();
	const [, scheme, host, port] = found;
	const name = /** @type {Address['scheme']} */ (scheme?.toLowerCase() ?? 'https');
	const number = port === undefined ? STANDARD_PORT[name] : Number(port);
	if (number < 1 || number > 65_535) throw malformed();
	return { scheme: name, host: /** @type {string} */ (host).toLowerCase(), port: number };
}

const malformed = () =>
	new Stop(
		'SITE_ADDRESS is not an address: write it like https://music.example.org or https://localhost:8443, with commas between several.'
	);

/** @param {Address} address */
export function formatAddress({ scheme, host, port }) {
	return `${scheme}://${host}${port === STANDARD_PORT[scheme] ? '' : `:${port}`}`;
}

/**
 * As the Caddyfile takes it: Caddy refuses a comma that no space follows.
 * @param {readonly Address[]} addresses
 */
export const forCaddy = (addresses) => addresses.map(formatAddress).join(', ');

/**
 * Whether Caddy may listen on port 80 too, to lead people from http to https.
 * @param {readonly Address[]} addresses
 */
export const redirects = (addresses) =>
	addresses.some(({ scheme, port }) => scheme === 'https' && port === STANDARD_PORT.https);

/**
 * Every port the edge will listen on.
 * @param {readonly Address[]} addresses
 */
export function edgePorts(addresses) {
	const ports = new Set(addresses.map(({ port }) => port));
	if (redirects(addresses)) ports.add(STANDARD_PORT.http);
	return [...ports];
}

/**
 * Names that only this machine or network knows: their certificates are Caddy's own.
 * @param {Address} address
 */
export const isLocal = ({ host }) =>
	/^(localhost|.*\.(localhost|local|internal)|[\d.]+|\[.*\])$/.test(host);
