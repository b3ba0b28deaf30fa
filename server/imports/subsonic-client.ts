import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { SubsonicOrder } from '#contracts/import';
import { SourceError, type SourceContext } from './source.ts';

/** The newest of the Subsonic API, which OpenSubsonic servers speak too. */
const VERSION = '1.16.1';
const CLIENT = 'segue';
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
/** Tokens are newer than some servers: to them `p` is missing (10), others say so (41, 42). */
const NO_TOKENS = [10, 41, 42];
/** Whoever asks may not. */
export const NOT_ALLOWED = 50;

const Failed = v.object({ code: v.number() });
const Envelope = v.object({
	'subsonic-response': v.looseObject({ status: v.string(), error: v.optional(Failed) })
});

type Access = Pick<SubsonicOrder, 'url' | 'username' | 'password'>;

/** Speaks the Subsonic API in JSON, for one of its people. */
export class SubsonicClient {
	readonly #order: Access;
	readonly #context: Pick<SourceContext, 'outgoing' | 'signal'>;
	/** Some servers keep passwords where no token can be made of them. */
	#plain = false;

	constructor(order: Access, context: Pick<SourceContext, 'outgoing' | 'signal'>) {
		this.#order = order;
		this.#context = context;
	}

	/** @throws SourceError */
	async ask<Schema extends v.GenericSchema>(
		method: string,
		parameters: Record<string, string>,
		schema: Schema
	): Promise<v.InferOutput<Schema>> {
		const { outgoing, signal } = this.#context;
		const url = this.urlOf(method, parameters);
		const { text } = await outgoing.text(url, { signal, maxBytes: MAX_ANSWER_BYTES });
		const envelope = v.safeParse(Envelope, json(text));
		if (!envelope.success) throw new SourceError('not_understood', 'source');
		const { 'subsonic-response': answer } = envelope.output;
		if (answer.status !== 'ok') {
			if (NO_TOKENS.includes(answer.error?.code ?? 0) && !this.#plain) {
				this.#plain = true;
				return this.ask(method, parameters, schema);
			}
			throw refusal(answer.error?.code ?? null, 'source');
		}
		const { success, output } = v.safeParse(schema, answer);
		if (!success) throw new SourceError('not_understood', 'source');
		return output;
	}

	/** With what proves who asks. */
	urlOf(method: string, parameters: Record<string, string>): URL {
		const { username, password } = this.#order;
		const salt = randomBytes(8).toString('hex');
		const token = createHash('md5')
			.update(password + salt)
			.digest('hex');
		const url = new URL(`${baseOf(this.#order.url)}/rest/${method}.view`);
		url.search = new URLSearchParams({
			...parameters,
			u: username,
			...(this.#plain
				? { p: `enc:${Buffer.from(password).toString('hex')}` }
				: { t: token, s: salt }),
			v: VERSION,
			c: CLIENT,
			f: 'json'
		}).toString();
		return url;
	}
}

/** People copy the address of a page, or of the API. */
export function baseOf(address: string): string {
	const url = new URL(address);
	const path = url.pathname.replace(/\/+$/, '').replace(/\/(rest|app)$/, '');
	return url.origin + path;
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null; // a page of a proxy, or XML
	}
}

export function failureIn(text: string): number | null {
	const envelope = v.safeParse(Envelope, json(text));
	if (envelope.success) return envelope.output['subsonic-response'].error?.code ?? null;
	const [, code] = /<error[^>]*\scode="(\d+)"/.exec(text) ?? [];
	return code === undefined ? null : Number(code);
}

/** The codes of the Subsonic API. */
export function refusal(code: number | null, scope: 'item' | 'source'): SourceError {
	if (code === 40 || code === 41 || code === 42 || code === 44)
		return new SourceError('wrong_credentials', 'source');
	if (code === NOT_ALLOWED || code === 60) return new SourceError('not_allowed', scope);
	if (code === 70) return new SourceError('not_there', scope);
	return new SourceError('source_failed', scope);
}
