import { buffer } from 'node:stream/consumers';
import type { FileMakerReply } from './filemaker-reply.ts';
import type { Ask, Outgoing } from './outgoing.ts';
import type { Reader } from './reader.ts';
import { SourceError } from './source-error.ts';

/** The server ends a session that was idle for 15 minutes. */
const IDLE_MS = 14 * 60_000;
/** Statuses under which the Data API says what is wrong in its own words. */
const SPOKEN = [400, 401, 403, 404, 500] as const;

const OK = '0';
const INVALID_TOKEN = '952';
const WRONG_ACCOUNT = '212';
/** Of records: there is none, or none behind the last one. */
const NO_RECORDS = new Set(['101', '401']);
/** File, layout, field or table: what the order names is not there. */
const MISSING = new Set(['100', '102', '104', '105', '106', '802']);

/** What a question is asked with. */
export interface Asking {
	outgoing: Outgoing;
	reader: Pick<Reader, 'read'>;
	/** Names of fields that are wanted of records. */
	fields: readonly string[];
}

export interface FileMakerAccount {
	/** `https://host/fmi/data/vLatest/databases/NAME`. */
	base: string;
	username: string;
	password: string;
}

/**
 * One session of the FileMaker Data API, for all that ask at the same time: opened when it is needed, renewed before it
 * is idle for too long and when the server has forgotten it.
 */
export class FileMakerSession {
	readonly #account: FileMakerAccount;
	readonly #now: () => number;
	#token: string | null = null;
	#opening: Promise<string> | null = null;
	#usedAt = -Infinity;

	constructor(account: FileMakerAccount, now: () => number) {
		this.#account = account;
		this.#now = now;
	}

	/** What an answer holds; null when there are no such records. @throws SourceError */
	async ask(path: string, asking: Asking, signal: AbortSignal): Promise<FileMakerReply | null> {
		const once = async (token: string) => {
			const headers = { authorization: `Bearer ${token}` };
			return replyOf(asking, this.#account.base + path, { headers, signal });
		};
		const token = await this.token(asking);
		let reply = await once(token);
		if (reply.code === INVALID_TOKEN) {
			this.forget(token);
			reply = await once(await this.token(asking));
		}
		const { code } = reply;
		if (code === OK) return reply;
		if (NO_RECORDS.has(code)) return null;
		if (code === INVALID_TOKEN || code === WRONG_ACCOUNT)
			throw new SourceError('wrong_credentials', 'source');
		if (MISSING.has(code)) throw new SourceError('not_there', 'source');
		throw new SourceError('source_failed', 'later');
	}

	/** One that works, as far as we know. Whoever asks while it is opened waits for the same. */
	async token(asking: Asking): Promise<string> {
		if (this.#now() - this.#usedAt > IDLE_MS) this.#token = null;
		this.#usedAt = this.#now();
		if (this.#token !== null) return this.#token;
		// Not with this one's signal: others wait for it too.
		this.#opening ??= this.#open(asking).finally(() => (this.#opening = null));
		return this.#opening;
	}

	/** The server knows it no longer. One that came since stays. */
	forget(token: string): void {
		if (this.#token === token) this.#token = null;
	}

	async close(outgoing: Outgoing): Promise<void> {
		const token = this.#token;
		this.#token = null;
		if (token === null) return;
		const url = `${this.#account.base}/sessions/${encodeURIComponent(token)}`;
		await outgoing.text(url, { method: 'DELETE', accept: SPOKEN });
	}

	async #open(asking: Asking): Promise<string> {
		const { base, username, password } = this.#account;
		const basic = Buffer.from(`${username}:${password}`).toString('base64');
		const { code, token } = await replyOf(asking, `${base}/sessions`, {
			method: 'POST',
			headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
			body: '{}'
		});
		if (code === WRONG_ACCOUNT) throw new SourceError('wrong_credentials', 'source');
		if (MISSING.has(code)) throw new SourceError('not_there', 'source');
		if (code !== OK || token === undefined || token === '')
			throw new SourceError('source_failed', 'source');
		this.#token = token;
		return token;
	}
}

async function replyOf(
	{ outgoing, reader, fields }: Asking,
	url: string,
	ask: Ask
): Promise<FileMakerReply> {
	const answer = await outgoing.ask(url, {
		accept: SPOKEN,
		maxBytes: 20 * 1024 * 1024,
		wholeMs: 3 * 60_000,
		...ask
	});
	const text = (await buffer(answer.body)).toString();
	const reply = await reader.read({ as: 'filemaker', text, fields });
	if (reply) return reply;
	// A proxy before the server has words of its own.
	if (answer.status === 401) return { code: INVALID_TOKEN };
	throw answer.status >= 500
		? new SourceError('source_failed', 'later')
		: new SourceError('not_understood', 'source');
}
