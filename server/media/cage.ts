import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { link, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Starting a few small programs takes milliseconds; a machine that is slower than this has no cage. */
const PROBE_TIMEOUT_MS = 5_000;

/** ffmpeg's libraries alone are half of this, most of it never touched. */
const MEMORY_BYTES = 1024 ** 3;
const OPEN_FILES = 64;
/** Counted in the cage alone, and so only where it has people of its own. */
const PROCESSES = 64;
/** The wall clock ends what hangs; this ends what somebody stopped and let go on. */
const CPU_GRACE_SECONDS = 10;

/** What keeps a program that reads strangers' files from doing harm. Two more need nothing: see `ffmpeg.ts`. */
const LAYERS = {
	limits: 'Memory, CPU time, open files and the size of what is written have limits (prlimit).',
	death: 'It ends when the portal ends (setpriv).',
	privileges: 'It has no rights of an administrator, and cannot get any (setpriv).',
	network: 'It reaches no network (unshare).',
	processes: 'What it starts ends with it (unshare).',
	files: 'It sees nothing of the library but the one file it reads (unshare, mount).',
	yielding: 'It comes last in line for the CPU and the disk (nice, ionice).'
} as const;
export type Layer = keyof typeof LAYERS;

export interface Limits {
	/** What it may take before it is ended. */
	cpuSeconds: number;
	/** The most that any file it writes may hold. */
	outputBytes: number;
}

export interface Cage {
	/** What stands before a program and its arguments. Its working folder must be an empty one made for it. */
	around: (limits: Limits) => readonly string[];
	/** What this machine does not allow. */
	missing: readonly Layer[];
	/** What each layer is good for, in a sentence. */
	means: Readonly<Record<Layer, string>>;
}

interface CageOptions {
	/** Where programs are, as PATH says it. */
	searchPath: string;
	/** Folders that are empty for whoever is inside: first the deeper ones. */
	hidden: readonly string[];
	/** Makes an empty folder to try it in, below those. */
	scratch: () => Promise<{ folder: string; release: () => Promise<void> }>;
}

/** Everything in a mount namespace of its own, and the folders covered; where it stands stays open. */
const COVER =
	'while [ "$1" != -- ]; do mount -t tmpfs -o ro,size=4k none "$1" || exit 126; shift; done; shift; exec "$@"';

/** From the most to the least; the first that works here is taken. */
const NAMESPACES: readonly { flags: readonly string[]; layers: readonly Layer[] }[] = [
	{
		flags: ['--net', '--ipc', '--pid', '--mount', '--fork', '--kill-child=KILL'],
		layers: ['network', 'processes', 'files']
	},
	{
		flags: ['--net', '--ipc', '--pid', '--fork', '--kill-child=KILL'],
		layers: ['network', 'processes']
	},
	{ flags: ['--net', '--ipc'], layers: ['network'] }
];

/**
 * Finds out once what this machine allows. Root has namespaces as it is; everybody else by being root of a world of
 * their own, which some machines and most containers forbid.
 */
export async function buildCage({ searchPath, hidden, scratch }: CageOptions): Promise<Cage> {
	const has = (program: string) => isThere(program, searchPath);
	const { folder, release } = await scratch();
	try {
		// It must still read a file that has another name elsewhere, and write one beside it.
		await writeFile(path.join(folder, 'probe'), 'readable');
		await link(path.join(folder, 'probe'), path.join(folder, 'input'));
		const works = (prefix: readonly string[]) => tryOut(prefix, { searchPath, folder });

		const death = ['setpriv', '--pdeathsig', 'KILL', '--'];
		const hasDeath = has('setpriv') && (await works(death));
		const namespaces = has('unshare') ? await enter({ hidden, works }) : null;
		const outer = [...(hasDeath ? death : []), ...(namespaces?.prefix ?? [])];
		const drop = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'];
		const hasDrop = has('setpriv') && (await works([...outer, ...drop]));
		const limited = (limits: Limits) => [
			...['prlimit', `--cpu=${limits.cpuSeconds + CPU_GRACE_SECONDS}`, `--as=${MEMORY_BYTES}`],
			...[`--fsize=${limits.outputBytes}`, `--nofile=${OPEN_FILES}`, '--core=0'],
			...(namespaces?.isOwnWorld ? [`--nproc=${PROCESSES}`] : []),
			'--'
		];
		const hasLimits =
			has('prlimit') && (await works([...outer, ...limited({ cpuSeconds: 1, outputBytes: 1024 })]));
		const yielding = [
			...(has('ionice') ? ['ionice', '-c', '3', '-t'] : []),
			...(has('nice') ? ['nice', '-n', '19'] : [])
		];

		const there = new Set<Layer>([
			...(namespaces?.layers ?? []),
			...(hasDeath ? (['death'] as const) : []),
			...(hasDrop ? (['privileges'] as const) : []),
			...(hasLimits ? (['limits'] as const) : []),
			...(has('ionice') && has('nice') ? (['yielding'] as const) : [])
		]);
		return {
			around: (limits) => [
				...outer,
				...(hasLimits ? limited(limits) : []),
				...(hasDrop ? drop : []),
				...yielding
			],
			means: LAYERS,
			missing: (Object.keys(LAYERS) as Layer[]).filter((layer) => !there.has(layer))
		};
	} finally {
		await release();
	}
}

async function enter({
	hidden,
	works
}: {
	hidden: readonly string[];
	works: (prefix: readonly string[]) => Promise<boolean>;
}) {
	for (const { flags, layers } of NAMESPACES) {
		for (const isOwnWorld of [false, true]) {
			const prefix = [
				...['unshare', ...(isOwnWorld ? ['--map-root-user'] : []), ...flags, '--'],
				...(layers.includes('files') ? ['sh', '-c', COVER, 'sh', ...hidden, '--'] : [])
			];
			if (await works(prefix)) return { prefix, layers, isOwnWorld };
		}
	}
	return null;
}

async function tryOut(
	[first = '', ...rest]: readonly string[],
	{ searchPath, folder }: { searchPath: string; folder: string }
): Promise<boolean> {
	try {
		const { stdout } = await execute(first, [...rest, 'cat', 'input'], {
			cwd: folder,
			timeout: PROBE_TIMEOUT_MS,
			killSignal: 'SIGKILL',
			env: { PATH: searchPath }
		});
		return stdout === 'readable';
	} catch {
		return false; // not on this machine: what is missing is said to the owner
	}
}

export function isThere(program: string, searchPath: string): boolean {
	return searchPath.split(path.delimiter).some((folder) => {
		try {
			accessSync(path.join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false; // not in this folder
		}
	});
}
