import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { Email, NewPassword, ROLES } from '#contracts/account';
import { problemCode } from '#contracts/problem';
import type { openAccounts, openDeadLetters } from '../server/beside.ts';
import { loadConfig } from '../server/config.ts';
import { jobLines } from './job-list.ts';

const DEFAULT_TO = 'https://localhost:8443';

const USAGE = `Usage:
  segue user add --email E --role ${ROLES.join('|')} [--name N] [--password-file F]
      Adds a person. Without --password-file a password is made and printed.
  segue token create --email E
      Prints a new API token for this person, alone on its line.

  segue upload <folder> [--to URL] [--token T] [--publish] [--insecure]
      Sends a folder of music and waits until every file is ready, a duplicate or failed.
      URL is ${DEFAULT_TO} if none is given, T the variable SEGUE_TOKEN.
      --publish makes each track public once it is ready; --insecure takes any certificate.
      Stopped in the middle, the same command goes on where it was.

  segue jobs [--json]
      Lists the work in the background: how much there is, and what was given up, with the reason.
  segue jobs retry <id>|--all [--json]
      Tries it again, once what kept it from its work is mended.
  segue jobs drop <id> [--json]
      Drops what was given up. For an hour retry still brings it back; then its bytes go.

user, token and jobs use the same DATA_DIR as npm start, also while the portal runs.`;

const SENTENCES: Record<string, string> = {
	email_taken: 'There is already somebody with this e-mail address.',
	not_found: 'There is nobody with this e-mail address.'
};

/** What a person typed wrong: said as it is, without a stack. */
class Mistake extends Error {}

async function addUser(args: string[]) {
	const { values } = parseArgs({
		args,
		options: {
			email: { type: 'string' },
			role: { type: 'string' },
			name: { type: 'string' },
			'password-file': { type: 'string' }
		}
	});
	const email = parse(Email, values.email, '--email');
	const role = parse(
		v.picklist(ROLES, `must be one of ${ROLES.join(', ')}`),
		values.role,
		'--role'
	);
	const file = values['password-file'];
	const made = randomBytes(12).toString('base64url');
	const password = parse(
		NewPassword,
		file === undefined ? made : readFileSync(file, 'utf8').trimEnd(),
		'the password'
	);
	const name = values.name ?? email.split('@', 1)[0] ?? email;
	await withAccounts((accounts) => accounts.add({ email, role, name, password }));
	console.log(`${email} can sign in as ${role}.`);
	if (file === undefined) console.log(`Password: ${made}`);
}

async function createToken(args: string[]) {
	const { values } = parseArgs({ args, options: { email: { type: 'string' } } });
	const email = parse(Email, values.email, '--email');
	console.log(await withAccounts((accounts) => accounts.apiToken(email)));
}

async function upload(args: string[]) {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			to: { type: 'string', default: DEFAULT_TO },
			token: { type: 'string' },
			publish: { type: 'boolean', default: false },
			insecure: { type: 'boolean', default: false }
		}
	});
	const [folder] = positionals;
	const token = values.token ?? process.env['SEGUE_TOKEN'];
	if (folder === undefined) throw new Mistake(`The folder is missing.\n\n${USAGE}`);
	if (!token) throw new Mistake('A token is missing: `segue token create` prints one.');
	if (!URL.canParse(values.to))
		throw new Mistake('--to must be an address like https://music.example.');
	if (values.insecure) {
		// Node warns of it at once, and the person has just asked for it.
		process.removeAllListeners('warning');
		process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
	}
	const { publish, to } = values;
	const { uploadFolder } = await import('./upload.ts');
	const failed = await uploadFolder({ folder, to, token, publish, out: process.stdout });
	if (failed > 0) process.exitCode = 1;
}

/** More than anybody reads; --all tries them all. */
const MOST_LISTED = 1_000;

async function listJobs(args: string[]) {
	const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
	await withDeadLetters(async (deadLetters) => {
		const counts = await deadLetters.counts();
		const letters = await deadLetters.list(MOST_LISTED);
		if (values.json) console.log(JSON.stringify({ counts, dead: letters }, null, '\t'));
		else for (const line of jobLines({ counts, letters, now: Date.now() })) console.log(line);
	});
}

async function retryJobs(args: string[]) {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			all: { type: 'boolean', default: false },
			json: { type: 'boolean', default: false }
		}
	});
	if (values.all === positionals.length > 0) {
		throw new Mistake(`Which one? An id that \`segue jobs\` shows, or --all.\n\n${USAGE}`);
	}
	const ids = positionals.map(jobId);
	await withDeadLetters(async (deadLetters) => {
		if (values.all) {
			const retried = await deadLetters.retryAll();
			say(values.json, { retried }, `${retried} tried again.`);
			return;
		}
		for (const id of ids) await ofJob(id, deadLetters.retry(id));
		say(values.json, { retried: ids.length }, `${ids.length} tried again.`);
	});
}

async function dropJobs(args: string[]) {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false } }
	});
	if (positionals.length === 0) throw new Mistake(`The id is missing.\n\n${USAGE}`);
	const ids = positionals.map(jobId);
	await withDeadLetters(async (deadLetters) => {
		for (const id of ids) await ofJob(id, deadLetters.drop(id));
		const words = `${ids.length} dropped. For an hour \`segue jobs retry ${ids.join(' ')}\` brings it back.`;
		say(values.json, { dropped: ids.length }, words);
	});
}

function say(asJson: boolean, json: Record<string, number>, words: string) {
	console.log(asJson ? JSON.stringify(json) : words);
}

function jobId(text: string): number {
	if (!/^\d{1,15}$/.test(text)) throw new Mistake(`"${text}" is no id: \`segue jobs\` shows them.`);
	return Number(text);
}

async function ofJob(id: number, work: Promise<unknown>) {
	try {
		await work;
	} catch (error) {
		if (problemCode(error) !== 'not_found') throw error;
		throw new Mistake(
			`There is no job ${id} that was given up: \`segue jobs\` shows those that were.`,
			{
				cause: error
			}
		);
	}
}

/** Loaded by whoever needs it: help and a word that is no command come at once. */
const beside = () => import('../server/beside.ts');

async function withDeadLetters(
	work: (letters: Awaited<ReturnType<typeof openDeadLetters>>['deadLetters']) => Promise<void>
) {
	const { deadLetters, close } = await (await beside()).openDeadLetters(loadConfig(process.env));
	try {
		await work(deadLetters);
	} finally {
		await close();
	}
}

async function withAccounts<T>(
	work: (accounts: Awaited<ReturnType<typeof openAccounts>>['accounts']) => Promise<T>
): Promise<T> {
	const { accounts, close } = await (await beside()).openAccounts(loadConfig(process.env));
	try {
		return await work(accounts);
	} finally {
		await close();
	}
}

function parse<Schema extends v.GenericSchema>(
	schema: Schema,
	value: unknown,
	name: string
): v.InferOutput<Schema> {
	if (value === undefined) throw new Mistake(`${name} is missing.\n\n${USAGE}`);
	const { success, output, issues } = v.safeParse(schema, value);
	if (!success) throw new Mistake(`${name} ${issues[0].message}.`);
	return output;
}

const COMMANDS: Record<string, (args: string[]) => Promise<void>> = {
	'user add': addUser,
	'token create': createToken,
	'jobs retry': retryJobs,
	'jobs drop': dropJobs
};

async function main([noun = '', verb = '', ...args]: string[]) {
	if (noun === 'upload') return upload([verb, ...args].filter((arg) => arg !== ''));
	if (noun === 'jobs' && (verb === '' || verb.startsWith('-'))) {
		return listJobs([verb, ...args].filter((arg) => arg !== ''));
	}
	const command = COMMANDS[`${noun} ${verb}`];
	if (command) return command(args);
	if (noun === '' || noun === 'help' || noun === '--help') console.log(USAGE);
	else throw new Mistake(`There is no command "${`${noun} ${verb}`.trim()}".\n\n${USAGE}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	const isOurs = error instanceof Error;
	const sentence = SENTENCES[problemCode(error) ?? ''];
	console.error(sentence ?? (isOurs ? error.message : String(error)));
	process.exitCode = 1;
});
