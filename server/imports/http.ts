import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { isPublic, plainHost, type AllowedHosts } from './addresses.ts';
import { HostRates } from './host-rates.ts';
import { limitedBody } from './limited-body.ts';
import type { Answer, Ask, Outgoing } from './outgoing.ts';
import { SourceError } from './source-error.ts';

const CONNECTIONS_PER_HOST = 20;
const KEEP_ALIVE_MS = 60_000;
const KEEP_ALIVE_MAX_MS = 10 * 60_000;
const CONNECT_MS = 30_000;
const HEADERS_MS = 60_000;
const BODY_SILENCE_MS = 60_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_REDIRECTS = 3;
const ATTEMPTS = 3;
const FIRST_RETRY_MS = 1_000;
/** A longer rest is the caller's to wait for. */
const MAX_PATIENCE_MS = 60_000;
const MAX_REST_MS = 60 * 60_000;
const WHOLE_MS = 6 * 60 * 60_000;
const TEXT_WHOLE_MS = 3 * 60_000;
const MAX_TEXT_BYTES = 5 * 1024 * 1024;
const MAX_BODY_BYTES = 10 * 1024 ** 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Of the answers, those that another try may change. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Mail, shells and databases speak on the others; the owner's own net is the owner's to know. */
const LOW_PORTS = new Set([80, 443]);
const FIRST_HIGH_PORT = 1024;

type Lookup = (
	host: string,
	done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void;

export interface OutgoingOptions {
	allowed: AllowedHosts;
	/** Names this instance, so that others know whom to write to. */
	userAgent: string;
	lookup?: Lookup;
	slowest?: { bytes: number; ms: number };
	pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
	now?: () => number;
}

/** Told what requests wait for. */
type OnWait = (words: string | null) => void;

export type Http = ReturnType<typeof createHttpClient>;

/**
 * The one client for other people's servers. Where a connection leads is decided when it is made, by the addresses
 * that its name has at that moment; afterwards it is used again. Closed with the server.
 */
export function createHttpClient({
	allowed,
	userAgent,
	lookup = (host, done) => resolve(host, { all: true }, done),
	slowest = { bytes: 16 * 1024, ms: 60_000 },
	pause = (ms, signal) => sleep(ms, undefined, signal && { signal }),
	now = Date.now
}: OutgoingOptions) {
	const rates = new HostRates({ isNear: (host) => allowed.hasHost(host), now, pause });
	const counts = { requests: 0, connections: 0 };
	const mayReach = (host: string, address: string) =>
		isPublic(address) || allowed.hasAddress(address) || allowed.hasHost(host);

	/** All of a name's addresses must be good: which of them is taken is not ours to say. */
	const checkedLookup: LookupFunction = (host, options, done) => {
		lookup(host, (error, addresses) => {
			if (error) return done(error, '');
			const isGood =
				addresses.length > 0 && addresses.every(({ address }) => mayReach(host, address));
			if (!isGood) return done(new Error('not a public address'), '');
			const [first] = addresses;
			if (options.all) done(null, addresses);
			else done(null, first?.address ?? '', first?.family);
		});
	};
	const connector = buildConnector({
		timeout: CONNECT_MS,
		allowH2: false,
		lookup: checkedLookup
	});
	const agent = new Agent({
		connections: CONNECTIONS_PER_HOST,
		keepAliveTimeout: KEEP_ALIVE_MS,
		keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
		headersTimeout: HEADERS_MS,
		bodyTimeout: BODY_SILENCE_MS,
		maxHeaderSize: MAX_HEADER_BYTES,
		allowH2: false,
		// One request after the other on each connection.
		pipelining: 1,
		connect: (options, done) => {
			const host = plainHost(options.hostname);
			// An address is not looked up.
			if (isIP(host) && !mayReach(host, host)) return done(new Error('not a public address'), null);
			counts.connections += 1;
			connector(options, done);
		}
	});

	function checkUrl(url: URL): void {
		const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
		if (!isWeb || url.username !== '' || url.password !== '')
			throw new SourceError('unreachable', 'item');
		const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
		const isOdd = port < FIRST_HIGH_PORT && !LOW_PORTS.has(port);
		if (isOdd && !allowed.hasHost(url.hostname)) throw new SourceError('unreachable', 'item');
	}

	async function send(url: URL, ask: Ask, signal: AbortSignal, onwait: OnWait) {
		const host = plainHost(url.hostname);
		await rates.take(host, { signal, onwait });
		counts.requests += 1;
		const { range } = ask;
		return agent.request({
			origin: url.origin,
			path: url.pathname + url.search,
			method: ask.method ?? 'GET',
			headers: {
				accept: '*/*',
				...ask.headers,
				'user-agent': userAgent,
				'accept-encoding': 'identity',
				...(range && { range: `bytes=${range.offset}-`, 'if-range': range.validator })
			},
			...(ask.body !== undefined && { body: ask.body }),
			signal
		});
	}

	/** One attempt, with its redirects. */
	async function attempt(
		first: URL,
		ask: Ask,
		signal: AbortSignal,
		onwait: OnWait
	): Promise<Answer> {
		let url = first;
		let { headers = {} } = ask;
		for (let hops = 0; ; hops += 1) {
			checkUrl(url);
			const response = await send(url, { ...ask, headers }, signal, onwait);
			const location = one(response.headers['location']);
			if (!REDIRECTS.has(response.statusCode) || location === null || ask.follow === false) {
				return answerOf(response, url, ask);
			}
			response.body.destroy();
			response.body.on('error', () => {}); // nobody reads it
			if (hops === MAX_REDIRECTS) throw new SourceError('too_many_redirects', 'item');
			if ((ask.method ?? 'GET') !== 'GET' || !URL.canParse(location, url))
				throw new SourceError('source_failed', 'item');
			const next = new URL(location, url);
			// What was asked for in secret is not asked for in the open.
			if (url.protocol === 'https:' && next.protocol !== 'https:')
				throw new SourceError('unreachable', 'item');
			if (next.origin !== url.origin) headers = withoutCredentials(headers);
			url = next;
		}
	}

	function answerOf(response: Dispatcher.ResponseData, url: URL, ask: Ask): Answer {
		const { statusCode: status, headers, body } = response;
		const header = (name: string) => one(headers[name]);
		const fail = (error: SourceError): never => {
			body.on('error', () => {}); // nobody reads it
			body.destroy();
			throw error;
		};
		if (status >= 400 && !ask.accept?.includes(status)) {
			const restMs = retryAfter(header('retry-after'), now());
			if ((status === 429 || status === 503) && restMs !== null)
				rates.rest(plainHost(url.hostname), Math.min(restMs, MAX_REST_MS));
			return fail(refusalOf(status, restMs));
		}
		const maxBytes = ask.maxBytes ?? MAX_BODY_BYTES;
		const encoding = header('content-encoding');
		const length = Number(header('content-length') ?? 0);
		if (length > maxBytes) return fail(new SourceError('too_large', 'item'));
		try {
			return {
				status,
				header,
				headers: (name) => [headers[name] ?? []].flat(),
				url,
				body: limitedBody(body, encoding, { maxBytes, slowest })
			};
		} catch (error) {
			return fail(error as SourceError);
		}
	}

	async function ask(target: string | URL, ask: Ask, onwait: OnWait): Promise<Answer> {
		if (!URL.canParse(String(target))) throw new SourceError('unreachable', 'item');
		const url = new URL(target);
		const whole = AbortSignal.timeout(ask.wholeMs ?? WHOLE_MS);
		const signal = ask.signal ? AbortSignal.any([whole, ask.signal]) : whole;
		const isRepeatable = ask.isRepeatable ?? (ask.method ?? 'GET') === 'GET';
		for (let attempts = 1; ; attempts += 1) {
			try {
				return await attempt(url, ask, signal, onwait);
			} catch (cause) {
				if (ask.signal?.aborted) throw cause;
				const error = whole.aborted
					? new SourceError('timeout', 'later', { cause })
					: cause instanceof SourceError
						? cause
						: new SourceError('unreachable', 'later', { cause });
				const waitMs = error.retryInMs ?? FIRST_RETRY_MS * 2 ** (attempts - 1);
				const isLast = attempts === ATTEMPTS || !isRepeatable || whole.aborted;
				if (error.scope !== 'later' || isLast || waitMs > MAX_PATIENCE_MS) throw error;
				const why =
					error.retryInMs === null ? 'does not answer just now' : 'asked us to wait a while';
				onwait(`${plainHost(url.hostname)} ${why}`);
				await pause(waitMs, ask.signal);
				onwait(null);
			}
		}
	}

	return {
		/** The client for one purpose. @param onwait told what its requests wait for */
		client(onwait: OnWait = () => {}): Outgoing {
			return {
				ask: (url, asked = {}) => ask(url, asked, onwait),
				async text(url, asked = {}) {
					const limits = { maxBytes: MAX_TEXT_BYTES, wholeMs: TEXT_WHOLE_MS };
					const answer = await ask(url, { ...limits, ...asked }, onwait);
					const type = answer.header('content-type');
					return { text: decode(await buffer(answer.body), type), url: answer.url, type };
				}
			};
		},

		/** Since the start. */
		counts: () => ({ ...counts }),

		close: () => agent.destroy()
	};
}

const one = (header: string | string[] | undefined) => [header ?? []].flat()[0] ?? null;

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).filter(([name]) => !/^(authorization|cookie|x-.*)$/i.test(name))
	);
}

function refusalOf(status: number, retryInMs: number | null): SourceError {
	if (status === 429) return new SourceError('rate_limited', 'later', { retryInMs });
	if (status === 401 || status === 407) return new SourceError('wrong_credentials', 'source');
	if (status === 403) return new SourceError('not_allowed', 'item');
	if (status === 404 || status === 410) return new SourceError('not_there', 'item');
	if (PASSING.has(status)) return new SourceError('source_failed', 'later', { retryInMs });
	return new SourceError('source_failed', 'item');
}

/** RFC 9110: seconds or a date. Milliseconds from now, or null when it says neither. */
export function retryAfter(value: string | null, now: number): number | null {
	if (value === null) return null;
	if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
	const at = Date.parse(value);
	return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** By its mark, by what the answer says, by what XML says of itself, else UTF-8. */
export function decode(bytes: Buffer, type: string | null): string {
	const start = bytes.subarray(0, 200).toString('latin1');
	const named =
		/charset="?([\w.:-]+)/i.exec(type ?? '')?.[1] ??
		/^\s*<\?xml[^>]*\sencoding=["']([\w.:-]+)/.exec(start)?.[1] ??
		'utf-8';
	const marked = start.startsWith('\xff\xfe')
		? 'utf-16le'
		: start.startsWith('\xfe\xff')
			? 'utf-16be'
			: named;
	try {
		return new TextDecoder(marked).decode(bytes);
	} catch {
		return new TextDecoder().decode(bytes); // a charset that nobody knows
	}
}
