import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { isAllowedEntry } from './imports/addresses.ts';

const GIB = 1024 ** 3;

const whole = v.pipe(
	v.string(),
	v.regex(/^\d{1,15}$/, 'must be a whole number'),
	v.transform(Number)
);
const seconds = v.pipe(
	v.string(),
	v.regex(/^\d{1,5}(\.\d{1,3})?$/, 'must be a number of seconds'),
	v.transform(Number)
);
const port = v.pipe(whole, v.maxValue(65535, 'must be a port, 0 to 65535'));
const database = v.pipe(v.string(), v.regex(/^sqlite:/, 'must begin with sqlite:'));
const storage = v.pipe(v.string(), v.regex(/^file:/, 'must begin with file:'));
const siteAddress = v.pipe(
	v.string(),
	v.transform((text) =>
		text
			.split(',')
			.map((address) => address.trim())
			.filter((address) => address !== '')
	),
	v.minLength(1, 'must hold an address'),
	v.everyItem(
		(address) => URL.canParse(address.includes('://') ? address : `https://${address}`),
		'must hold addresses like https://music.example, separated by commas'
	)
);

const hosts = v.pipe(
	v.string(),
	v.transform((text) =>
		text
			.split(',')
			.map((entry) => entry.trim())
			.filter((entry) => entry !== '')
	),
	v.everyItem(isAllowedEntry, 'must hold hosts, addresses or ranges, separated by commas')
);

const folders = v.pipe(
	v.string(),
	v.transform((text) => text.split(path.delimiter).filter((entry) => entry !== '')),
	v.everyItem(path.isAbsolute, `must hold whole paths, separated by "${path.delimiter}"`)
);

const webAddress = v.pipe(
	v.string(),
	v.regex(/^https?:\/\/[^/?#]+/, 'must begin with https:// or http://'),
	v.check((text) => URL.canParse(text), 'must be an address')
);

const Env = v.object({
	SITE_ADDRESS: v.optional(siteAddress, 'https://localhost:8443'),
	APP_PORT: v.optional(port, '3000'),
	DATA_DIR: v.optional(v.pipe(v.string(), v.minLength(1, 'must not be empty')), './data'),
	DATABASE_URL: v.optional(database, 'sqlite:'),
	STORAGE_URL: v.optional(storage, 'file:'),
	OWNER_EMAIL: v.optional(v.pipe(v.string(), v.trim(), v.email('must be an e-mail address'))),
	OWNER_PASSWORD: v.optional(
		v.pipe(v.string(), v.minLength(10, 'must have at least 10 characters'))
	),
	REGISTRATION: v.optional(
		v.picklist(['invite', 'closed', 'open'], 'must be invite, closed or open'),
		'invite'
	),
	UPLOAD_MAX_BYTES: v.optional(whole, String(2 * GIB)),
	UPLOAD_QUOTA_BYTES: v.optional(whole),
	DISK_RESERVE_BYTES: v.optional(whole, String(GIB)),
	JOBS_CONCURRENCY: v.optional(v.pipe(whole, v.minValue(1, 'must be at least 1'))),
	JOBS_RETRY_SECONDS: v.optional(seconds, '2'),
	FFMPEG_TIMEOUT_SECONDS: v.optional(v.pipe(whole, v.minValue(1, 'must be at least 1')), '60'),
	IMPORT_ALLOW_HOSTS: v.optional(hosts, ''),
	IMPORT_ROOTS: v.optional(folders, ''),
	MATCHING: v.optional(v.picklist(['off', 'on'], 'must be off or on'), 'off'),
	MATCHING_URL: v.optional(webAddress, 'https://musicbrainz.org'),
	MATCHING_COVERS_URL: v.optional(webAddress, 'https://coverartarchive.org'),
	METRICS_TOKEN: v.optional(
		v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))
	),
	LOG_LEVEL: v.optional(
		v.picklist(
			['debug', 'info', 'warn', 'error', 'silent'],
			'must be debug, info, warn, error or silent'
		),
		'info'
	)
});

export type Config = ReturnType<typeof loadConfig>;

/** A list of everything that is wrong, one line a variable, without any of the values. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
}

/**
 * Reads the environment once. `NAME_FILE` stands for the content of a file, for secrets.
 * @throws ConfigError naming every variable that is wrong
 */
export function loadConfig(
	env: Record<string, string | undefined>,
	{ read = (file: string) => readFileSync(file, 'utf8') } = {}
) {
	const problems: string[] = [];
	const given: Record<string, string> = {};
	for (const name of Object.keys(Env.entries)) {
		const file = env[`${name}_FILE`];
		const value = env[name];
		if (file) {
			try {
				given[name] = read(file).trimEnd();
			} catch {
				problems.push(`${name}_FILE: names a file that cannot be read`);
			}
		} else if (value !== undefined && value !== '') {
			given[name] = value;
		}
	}

	const { success, issues, output } = v.safeParse(Env, given);
	if (!success) {
		problems.push(
			...issues.map((issue) => `${v.getDotPath(issue)?.split('.')[0]}: ${issue.message}`)
		);
	} else if ((output.OWNER_EMAIL === undefined) !== (output.OWNER_PASSWORD === undefined)) {
		problems.push('OWNER_EMAIL and OWNER_PASSWORD: are given together or not at all');
	}
	if (!success || problems.length > 0) {
		throw new ConfigError(
			`The environment is not right:\n  ${[...new Set(problems)].join('\n  ')}`
		);
	}

	const dataDir = path.resolve(output.DATA_DIR);
	const databaseFile = output.DATABASE_URL.slice('sqlite:'.length);
	const storageFolder = output.STORAGE_URL.replace(/^file:(\/\/)?/, '');
	return {
		dataDir,
		site: { addresses: output.SITE_ADDRESS },
		http: { port: output.APP_PORT },
		database: { file: path.resolve(dataDir, databaseFile || 'segue.db') },
		storage: { folder: path.resolve(dataDir, storageFolder || 'storage') },
		owner:
			output.OWNER_EMAIL !== undefined && output.OWNER_PASSWORD !== undefined
				? { email: output.OWNER_EMAIL.toLowerCase(), password: output.OWNER_PASSWORD }
				: null,
		registration: output.REGISTRATION,
		uploads: {
			maxBytes: output.UPLOAD_MAX_BYTES,
			quotaBytes: output.UPLOAD_QUOTA_BYTES ?? null,
			reserveBytes: output.DISK_RESERVE_BYTES
		},
		jobs: {
			concurrency: output.JOBS_CONCURRENCY ?? Math.max(1, availableParallelism() - 1),
			firstRetryMs: output.JOBS_RETRY_SECONDS * 1000
		},
		imports: { allowHosts: output.IMPORT_ALLOW_HOSTS, roots: output.IMPORT_ROOTS },
		matching: {
			isOn: output.MATCHING === 'on',
			url: output.MATCHING_URL,
			coversUrl: output.MATCHING_COVERS_URL
		},
		metrics: { token: output.METRICS_TOKEN ?? null },
		log: { level: output.LOG_LEVEL },
		programs: {
			searchPath: env['PATH'] ?? '',
			patienceMs: output.FFMPEG_TIMEOUT_SECONDS * 1000
		}
	};
}
