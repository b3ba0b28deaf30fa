import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { availableParallelism, constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../server/config.ts';
import { createUploadApi } from '../../src/lib/uploader/api.ts';
import { uploadFolder } from '../upload.ts';
import { ensurePortal, isThisMachine, Mistake, withOwnersToken } from './access.ts';
import { planLibrary } from './catalogue.ts';
import { makeLibrary } from './library.ts';
import { Progress } from './progress.ts';
import { Studio } from './studio.ts';

const DEFAULT_TRACKS = 40;
const MOST_TRACKS = 10_000;
/** Each holds a whole track in memory, uncompressed. */
const MOST_THREADS = 4;
const FOLDER = 'Segue demo';

const USAGE = `Usage: npm run demo -- [--tracks N] [--seed N] [--seconds N] [--keep FOLDER] [--to URL] [--token T] [--insecure]
  Makes a library of music and covers and sends it to a portal that runs, as an artist would.
  --tracks  how many, ${DEFAULT_TRACKS} if not said; more of them begin with the same ones
  --seed    another number is another library
  --seconds about how long each is, a minute if not said; a song has a least length
  --keep    keeps the files there; otherwise they are removed at the end
  --to      the portal's address, SITE_ADDRESS if not said
  --token   who it is sent as (or the variable SEGUE_TOKEN); the owner of the portal on this machine if not said
  --insecure  takes any certificate; needless for a portal on this machine`;

interface Wish {
	tracks: number;
	seed: number;
	seconds: number | null;
	keep: string | undefined;
	to: string;
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			tracks: { type: 'string', default: String(DEFAULT_TRACKS) },
			seed: { type: 'string', default: '1' },
			seconds: { type: 'string' },
			keep: { type: 'string' },
			to: { type: 'string' },
			token: { type: 'string' },
			insecure: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false }
		}
	});
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	const config = loadConfig(process.env);
	const to = addressOf(values.to ?? config.site.addresses[0] ?? '');
	if (values.insecure || isThisMachine(to)) {
		// Node would warn of it at once.
		process.removeAllListeners('warning');
		process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
	}
	const wish: Wish = {
		tracks: whole(values.tracks, '--tracks', { from: 1, to: MOST_TRACKS }),
		seed: whole(values.seed, '--seed', { from: 0, to: 1e9 }),
		seconds:
			values.seconds === undefined
				? null
				: whole(values.seconds, '--seconds', { from: 1, to: 600 }),
		keep: values.keep,
		to
	};
	await ensurePortal(to);
	const given = values.token ?? process.env['SEGUE_TOKEN'];
	if (given) return fill(wish, given);
	if (values.to !== undefined && !isThisMachine(to)) {
		throw new Mistake(`For ${to} a token is needed: \`npx segue token create\` there prints one.`);
	}
	return withOwnersToken(config, (token) => fill(wish, token));
}

async function fill({ tracks, seed, seconds, keep, to }: Wish, token: string): Promise<number> {
	const before = await ownTracks(to, token);
	const scratch = await mkdtemp(path.join(tmpdir(), 'segue-demo-'));
	const forget = () => rmSync(scratch, { recursive: true, force: true });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			forget();
			process.exit(128 + constants.signals[signal]);
		});
	}
	try {
		// npm runs scripts in the package's folder; INIT_CWD is where the person stands.
		const parent = keep && path.resolve(process.env['INIT_CWD'] ?? '', keep);
		const folder = path.join(parent ?? scratch, FOLDER);
		await mkdir(folder, { recursive: true });
		const releases = planLibrary({ seed, tracks, seconds });
		const progress = new Progress(process.stdout, tracks);
		// Whoever listens meanwhile goes first.
		setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
		const studio = new Studio(Math.min(availableParallelism(), MOST_THREADS, tracks));
		try {
			const onmade = (file: string) => progress.made(file);
			await makeLibrary(releases, { folder, scratch, studio, onmade });
		} finally {
			await studio.close();
			progress.finish();
		}
		const failed = await uploadFolder({ folder, to, token, publish: true, out: process.stdout });
		const after = await ownTracks(to, token);
		const added = [...after].filter((id) => !before.has(id)).length;
		console.log(summary({ added, failed, asked: tracks, to }));
		if (parent) console.log(`The files are in ${folder}.`);
		return failed > 0 ? 1 : 0;
	} finally {
		forget();
	}
}

interface Outcome {
	added: number;
	failed: number;
	asked: number;
	to: string;
}

function summary({ added, failed, asked, to }: Outcome): string {
	const each = (count: number) => (count === 1 ? '1 track' : `${count} tracks`);
	if (added === 0 && failed === 0) {
		return `Nothing was added: all of this library is at ${to} already.`;
	}
	const known = asked - added - failed;
	const before = known > 0 ? ` ${each(known)} had been there before.` : '';
	return `${each(added)} added at ${to}.${before}`;
}

/** What this person has on the portal. */
async function ownTracks(to: string, token: string): Promise<Set<string>> {
	const api = createUploadApi({
		fetch: (input, init) =>
			fetch(new URL(String(input), to), {
				...init,
				headers: {
					...(init?.headers as Record<string, string>),
					Authorization: `Bearer ${token}`
				}
			})
	});
	const ids = new Set<string>();
	const { uploads } = await api.changes(null).catch((cause: unknown) => {
		throw new Mistake(`The portal at ${to} does not know this token.`, { cause });
	});
	for (const { state, trackId } of uploads) {
		if (state === 'ready' && trackId !== undefined) ids.add(trackId);
	}
	return ids;
}

function addressOf(text: string): string {
	const address = text.includes('://') ? text : `https://${text}`;
	if (!URL.canParse(address))
		throw new Mistake('--to must be an address like https://music.example.');
	return address;
}

function whole(text: string, name: string, { from, to }: { from: number; to: number }): number {
	const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
	if (number >= from && number <= to) return number;
	throw new Mistake(`${name} must be a whole number from ${from} to ${to}.\n\n${USAGE}`);
}

main().then(
	(code) => (process.exitCode = code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : String(error));
		process.exitCode = 1;
	}
);
