import { readFileSync } from 'node:fs';
import { ROOT } from './place.js';
import { findProgram, onPath, PROGRAMS, RECOMMENDED_CADDY } from './programs.js';
import { run } from './run.js';
import { say, step, Stop } from './say.js';
import { isAtLeast } from './version.js';

/** @typedef {import('./programs.js').ProgramName} ProgramName */
/** @typedef {import('./programs.js').Finding} Finding */
/**
 * @typedef {object} Machine
 * @property {'linux' | 'darwin' | 'other'} platform
 * @property {boolean} apt whether packages come by apt
 * @property {boolean} brew whether packages come by brew
 * @property {'root' | 'sudo' | 'sudo-asks' | 'none'} power how this user may install for all
 */
/** @typedef {{ by: 'apt' | 'brew', packages: string[], command: string[], note: string } | { by: 'hand', message: string }} Plan */

/**
 * Finds the programs, installing those that are missing where that can be done.
 * @template {ProgramName} N
 * @param {readonly N[]} names
 * @returns {Promise<Record<N, string>>} where each is
 */
export async function ensurePrograms(names) {
	let findings = await look(names);
	const missing = names.filter((name) => findings[name].state === 'missing');
	if (missing.length > 0) {
		const plan = planFor(missing, await machine());
		if (plan.by === 'hand') throw new Stop(plan.message);
		await carryOut(plan, missing);
		findings = await look(names);
	}
	return /** @type {Record<N, string>} */ (
		Object.fromEntries(names.map((name) => [name, pathOf(name, findings[name])]))
	);
}

/**
 * Installs those that are missing where apt has them and nobody is asked for a password: what only some tests need.
 * @param {readonly ProgramName[]} names
 * @returns {Promise<ProgramName[]>} those that could not be had
 */
export async function wishPrograms(names) {
	const isMissing = async () => {
		const findings = await look(names);
		return names.filter((name) => findings[name].state !== 'found');
	};
	const missing = await isMissing();
	if (missing.length === 0) return [];
	const plan = planFor(missing, await machine());
	if (plan.by !== 'apt' || (plan.command[0] === 'sudo' && plan.command[1] !== '-n')) return missing;
	try {
		await carryOut(plan, missing);
	} catch (error) {
		if (!(error instanceof Stop)) throw error;
		say(error.message);
	}
	return isMissing();
}

/**
 * @param {readonly ProgramName[]} names
 * @returns {Promise<Record<ProgramName, Finding>>}
 */
async function look(names) {
	const found = await Promise.all(names.map(async (name) => [name, await findProgram(name)]));
	return Object.fromEntries(found);
}

/**
 * @param {ProgramName} name
 * @param {Finding} finding
 */
function pathOf(name, finding) {
	const { title, oldest, home } = PROGRAMS[name];
	if (finding.state === 'missing') {
		throw new Stop(`${title} was installed but cannot be found or does not run: see ${home}.`);
	}
	if (finding.state === 'old') {
		throw new Stop(
			`${title} ${finding.version.join('.')} is too old: Segue needs ${short(oldest)} or newer, see ${home}.`
		);
	}
	if (name === 'caddy' && finding.version && !isAtLeast(finding.version, RECOMMENDED_CADDY)) {
		say(
			`Caddy ${finding.version.join('.')} works. ${short(RECOMMENDED_CADDY)} or newer is safer on the open internet: ${home}`
		);
	}
	return finding.path;
}

/**
 * How to get what is missing, on a machine like this one.
 * @param {readonly ProgramName[]} missing
 * @param {Machine} machine
 * @returns {Plan}
 */
export function planFor(missing, { platform, apt, brew, power }) {
	const programs = missing.map((name) => PROGRAMS[name]);
	const titles = list(programs.map(({ title }) => title));
	const need = `Segue needs ${titles}, which ${missing.length > 1 ? 'are' : 'is'} not here.`;

	if (platform === 'linux' && apt) {
		const packages = [...new Set(programs.flatMap((program) => program.apt))];
		const script = ['sh', `${ROOT}/cli/setup/debian.sh`, ...packages];
		if (power === 'none') {
			const typed = `sudo sh cli/setup/debian.sh ${packages.join(' ')}`;
			return {
				by: 'hand',
				message: `${need} As someone who may install for all, run\n\n  ${typed}\n\nwhich asks apt-get for them, and then run this again.`
			};
		}
		const sudo = { root: [], sudo: ['sudo', '-n'], 'sudo-asks': ['sudo'] }[power];
		const how = power === 'root' ? 'apt-get' : 'sudo apt-get';
		const asking = power === 'sudo-asks' ? ' sudo may ask for your password.' : '';
		return {
			by: 'apt',
			packages,
			command: [...sudo, ...script],
			note: `${need}\nInstalling by ${how}: ${packages.join(' ')}.${asking}`
		};
	}
	const brewed = programs.flatMap((program) => program.brew ?? []);
	if (platform === 'darwin' && brew && brewed.length === programs.length) {
		const packages = [...new Set(brewed)];
		const words = packages.flatMap((name) => name.split(' '));
		return {
			by: 'brew',
			packages,
			command: ['brew', 'install', '--quiet', ...words],
			note: `${need}\nInstalling by brew: ${packages.join(' ')}.`
		};
	}
	const homes = [
		...new Map([...programs].reverse().map((program) => [program.home, program]))
	].reverse();
	const lines = homes.map(([home, of]) => `  ${of.title} ${short(of.oldest)} or newer: ${home}`);
	return {
		by: 'hand',
		message: `${need} Install what this machine's packages offer, or\n\n${lines.join('\n')}\n\nand then run this again.`
	};
}

/** @param {readonly string[]} words */
const list = (words) => words.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** @param {import('./version.js').Version} version */
const short = ([major, minor]) => (minor === 0 ? `${major}` : `${major}.${minor}`);

/**
 * @param {Exclude<Plan, { by: 'hand' }>} plan
 * @param {readonly ProgramName[]} missing
 */
async function carryOut({ by, command, note }, missing) {
	say(note);
	const [file = '', ...args] = command;
	const { code, output } = await step('Installing', () => run(file, args));
	if (code === 0) return;
	const homes = missing.map((name) => PROGRAMS[name].home);
	throw new Stop(
		`${by === 'apt' ? 'apt-get' : 'brew'} could not install them. It says:\n\n${output.trim()}\n\nBy hand: ${[...new Set(homes)].join(', ')}`
	);
}

/** @returns {Promise<Machine>} */
async function machine() {
	const path = process.env.PATH ?? '';
	const { platform } = process;
	return {
		platform: platform === 'linux' || platform === 'darwin' ? platform : 'other',
		apt: onPath('apt-get', path) !== null && isDebian(osRelease()),
		brew: onPath('brew', path) !== null,
		power: await power(path)
	};
}

/**
 * @param {string} path
 * @returns {Promise<Machine['power']>}
 */
async function power(path) {
	if (process.getuid?.() === 0) return 'root';
	if (!onPath('sudo', path)) return 'none';
	const { code } = await run('sudo', ['-n', 'true']);
	if (code === 0) return 'sudo';
	// Nobody is there to type a password.
	return process.stdin.isTTY && !process.env.CI ? 'sudo-asks' : 'none';
}

/** @param {string} release what /etc/os-release says */
export const isDebian = (release) => /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(release);

function osRelease() {
	try {
		return readFileSync('/etc/os-release', 'utf8');
	} catch {
		return ''; // another kind of Linux
	}
}
