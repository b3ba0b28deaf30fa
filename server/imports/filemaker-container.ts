import type { Answer, Outgoing } from './outgoing.ts';
import type { Fetched, Resume } from './items.ts';
import { SourceError } from './source-error.ts';

const MAX_HOPS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * What a container field holds. Its address gives a cookie and leads to itself first; the cookie belongs to this one
 * download and to this one server. Null when the server does not know the address any more.
 * @throws SourceError
 */
export async function fetchContainer(
	address: string,
	{ resume, outgoing, signal }: { resume: Resume; outgoing: Outgoing; signal: AbortSignal }
): Promise<Fetched | null> {
	if (!URL.canParse(address)) throw new SourceError('not_understood', 'item');
	const home = new URL(address).origin;
	const cookies = new Map<string, string>();
	const range =
		resume.ifRange !== null && resume.offset > 0
			? { offset: resume.offset, validator: resume.ifRange }
			: null;
	let url = new URL(address);
	for (let hops = 0; hops <= MAX_HOPS; hops += 1) {
		const isHome = url.origin === home;
		const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const answer = await outgoing.ask(url, {
			follow: false,
			accept: [401],
			signal,
			...(isHome && cookie !== '' && { headers: { cookie } }),
			...(range && { range })
		});
		if (isHome) keep(answer.headers('set-cookie'), cookies);
		const location = answer.header('location');
		if (answer.status === 401) {
			dropped(answer);
			return null;
		}
		if (!REDIRECTS.has(answer.status)) return fetchedOf(answer, range?.offset ?? 0);
		dropped(answer);
		if (location === null || !URL.canParse(location, url))
			throw new SourceError('source_failed', 'item');
		const next = new URL(location, url);
		if (url.protocol === 'https:' && next.protocol !== 'https:')
			throw new SourceError('unreachable', 'item');
		url = next;
	}
	throw new SourceError('too_many_redirects', 'item');
}

function fetchedOf(answer: Answer, asked: number): Fetched {
	const { body } = answer;
	const length = answer.header('content-length');
	const isCoded = answer.header('content-encoding') !== null;
	let [offset, size] = [0, length === null || isCoded ? null : Number(length)];
	if (answer.status === 206) {
		const [, from, total] =
			/^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(answer.header('content-range') ?? '') ?? [];
		if (from === undefined || total === undefined || Number(from) !== asked) {
			dropped(answer);
			throw new SourceError('source_failed', 'item');
		}
		[offset, size] = [Number(from), Number(total)];
	}
	const etag = answer.header('etag');
	const validator = etag !== null && etag.startsWith('"') ? etag : null;
	const type = answer.header('content-type');
	return { offset, size, validator, ...(type !== null && { type }), body };
}

function keep(lines: readonly string[], cookies: Map<string, string>) {
	for (const line of lines) {
		const [, name, value] = /^\s*([^\s=;,]{1,200})=([^;]{0,4000})/.exec(line) ?? [];
		if (name !== undefined && value !== undefined) cookies.set(name, value.trim());
	}
}

/** Nobody reads it. */
function dropped({ body }: Answer) {
	body.on('error', () => {});
	body.destroy();
}
