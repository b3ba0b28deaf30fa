import { createHash, randomBytes } from 'node:crypto';
import type { SubsonicOrder } from '#contracts/import';
import type { SourceContext } from './source.ts';
import { SourceError } from './source-error.ts';
import type { AnswerOf, Method } from './subsonic-answers.ts';

/** The newest of the Subsonic API, which OpenSubsonic servers speak too. */
const VERSION = '1.16.1';
const CLIENT = 'segue';
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
/** Tokens are newer than some servers: to them `p` is missing (10), others say so (41, 42). */
const NO_TOKENS = [10, 41, 42];
/** Whoever asks may not. */
export const NOT_ALLOWED = 50;

type Asking = Pick<SourceContext, 'outgoing' | 'signal' | 'reader'>;
type Access = Pick<SubsonicOrder, 'url' | 'username' | 'password'>;

/** Speaks the Subsonic API in JSON, for one of its people. */
export class SubsonicClient {
	readonly #order: Access;
	readonly #context: Asking;
	/** Some servers keep passwords where no token can be made of them. */
	#plain = false;

	constructor(order: Access, context: Asking) {
		this.#order = order;
		this.#context = context;
	}

	/** @throws SourceError */
	async ask<Name extends Method>(
		method: Name,
		parameters: Record<string, string>
	): Promise<AnswerOf<Name>> {
		const { outgoing, signal, reader } = this.#context;
		const url = this.urlOf(method, parameters);
		const { text } = await outgoing.text(url, { signal, maxBytes: MAX_ANSWER_BYTES });
		const answer = await reader.read({ as: 'subsonic', text, method });
		if ('found' in answer) return answer.found as AnswerOf<Name>;
		if (NO_TOKENS.includes(answer.failed) && !this.#plain) {
			this.#plain = true;
			return this.ask(method, parameters);
		}
		throw refusal(answer.failed, 'source');
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

/** The codes of the Subsonic API. */
export function refusal(code: number | null, scope: 'item' | 'source'): SourceError {
	if (code === 40 || code === 41 || code === 42 || code === 44)
		return new SourceError('wrong_credentials', 'source');
	if (code === NOT_ALLOWED || code === 60) return new SourceError('not_allowed', scope);
	if (code === 70) return new SourceError('not_there', scope);
	return new SourceError('source_failed', scope);
}
