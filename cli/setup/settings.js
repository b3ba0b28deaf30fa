import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { DEFAULT_ADDRESS, edgePorts, parseAddresses } from './addresses.js';
import { ROOT } from './place.js';
import { Stop } from './say.js';

/** @typedef {{ addresses: import('./addresses.js').Address[], appPort: number, dataDir: string }} Settings */

/**
 * The three settings that the set-up itself needs; the server reads and checks all of them.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 */
export function readSettings(env) {
	const addresses = parseAddresses(setting(env, 'SITE_ADDRESS') ?? DEFAULT_ADDRESS);
	const appPort = Number(/^\d+$/.exec(setting(env, 'APP_PORT') ?? '3000')?.[0]);
	if (!(appPort >= 1 && appPort <= 65_535)) {
		throw new Stop('APP_PORT is not a port: write a whole number from 1 to 65535.');
	}
	if (edgePorts(addresses).includes(appPort)) {
		throw new Stop(
			`APP_PORT and SITE_ADDRESS both name port ${appPort}: give the server a port of its own.`
		);
	}
	const dataDir = setting(env, 'DATA_DIR') ?? 'data';
	return { addresses, appPort, dataDir: isAbsolute(dataDir) ? dataDir : join(ROOT, dataDir) };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @returns {string | undefined} what the file says that NAME_FILE names, else NAME; as the server has it
 */
function setting(env, name) {
	const file = env[`${name}_FILE`];
	if (!file) return env[name] || undefined;
	try {
		return readFileSync(file, 'utf8').trim() || undefined;
	} catch {
		throw new Stop(`${name}_FILE names a file that cannot be read.`);
	}
}

/** @type {Record<string, string>} */
const REASONS = {
	EACCES: 'this user may not write there',
	EPERM: 'this user may not write there',
	EROFS: 'it is on a disk that is read only',
	ENOENT: 'there is no such place',
	ENOTDIR: 'a file stands where a folder should be',
	EEXIST: 'a file stands where a folder should be',
	ENOSPC: 'the disk is full'
};

/** @param {string} dataDir */
export function ensureDataDir(dataDir) {
	try {
		mkdirSync(dataDir, { recursive: true, mode: 0o700 });
		if (!statSync(dataDir).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
		accessSync(dataDir, constants.W_OK | constants.X_OK);
	} catch (error) {
		const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
		const reason = REASONS[code] ?? code;
		throw new Stop(`Segue cannot keep its data in ${dataDir} (DATA_DIR): ${reason}.`);
	}
}
