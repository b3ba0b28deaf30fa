import type { Handle, HandleServerError } from '@sveltejs/kit';
import { chooseLanguage, LANGUAGE_COOKIE } from '#language/choice';
import { directionOf, type Language } from '#language/language';
import { inLanguage } from '#language/per-request.server';
import { problemBody, problemCode, STATUS, type ProblemCode } from '#contracts/problem';
import { addresses } from 'virtual:words';
import type { Portal } from '../server/app.ts';

const { [Symbol.for('segue.portal')]: handedOver } = globalThis as unknown as Record<
	symbol,
	Portal
>;

const PROBLEM_TYPE = 'application/problem+json';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Kit looks at forms alone, and in development at nothing. Compared by host: behind the edge the scheme is not ours to see. */
function comesFromUs({ method, headers }: Request): boolean {
	const origin = headers.get('origin');
	if (SAFE.has(method) || origin === null) return true;
	return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

/**
 * The first of the portal's addresses for whoever came by any of them; what else reaches it, by a tunnel or a forwarded
 * port, goes on under that name. Whoever comes past the edge comes without TLS.
 */
function siteOf({ headers }: Request, url: URL, addresses: readonly string[]): string {
	const known = addresses.flatMap((address) => {
		const text = address.includes('://') ? address : `https://${address}`;
		return URL.canParse(text) ? new URL(text) : [];
	});
	const [first] = known;
	if (first && known.some(({ host }) => host === url.host)) return first.origin;
	return `${headers.get('x-forwarded-proto') ?? 'http'}://${url.host}`;
}

const CODE_OF_STATUS: Record<number, ProblemCode> = {
	400: 'bad_request',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	405: 'method_not_allowed',
	413: 'too_large',
	415: 'wrong_type',
	416: 'range_not_satisfiable'
};

function problemResponse(code: ProblemCode, requestId: string): Response {
	return Response.json(problemBody(code, requestId), {
		status: STATUS[code],
		headers: {
			'Content-Type': PROBLEM_TYPE,
			'Cache-Control': 'no-store',
			...(code === 'too_many_requests' && { 'Retry-After': '60' })
		}
	});
}

/** What only the frame of a page says; its words are fetched while its scripts are. */
function inItsLanguage(html: string, language: Language): string {
	if (!html.includes('%language%')) return html;
	const words = (addresses[language] ?? []).map(
		(address) => `<link rel="modulepreload" href="${address}" />`
	);
	return html
		.replace('%language%', language)
		.replace('%direction%', directionOf(language))
		.replace('%words%', words.join(''));
}

export const handle: Handle = async ({ event, resolve }) => {
	const { locals, request, url } = event;
	const isApi = url.pathname.startsWith('/api/');
	if (!handedOver) throw new Error('the pages are loaded by server/app.ts alone');
	locals.portal = handedOver;
	locals.site = siteOf(request, url, locals.portal.addresses);
	locals.requestId = request.headers.get('x-request-id') ?? '';
	if (!comesFromUs(request)) return problemResponse('foreign_origin', locals.requestId);
	const [cookie, authorization] = ['cookie', 'authorization'].map((name) =>
		request.headers.get(name)
	);
	locals.person = await locals.portal.accounts.person({
		...(cookie && { cookie }),
		...(authorization && { authorization })
	});

	// Before anything is read for the page: the live channel goes on from here, and what is read twice does no harm.
	locals.heard =
		locals.person && !isApi ? (await locals.portal.live.since(locals.person, null)).seq : null;

	const spoken = chooseLanguage(
		event.cookies.get(LANGUAGE_COOKIE),
		request.headers.get('accept-language')
	);
	locals.language = spoken;
	const page = {
		transformPageChunk: ({ html }: { html: string }) => inItsLanguage(html, spoken),
		// The face that the first words are set in; without it they are seen in another one first.
		preload: ({ type, path }) =>
			type !== 'asset' && (type !== 'font' || path.includes('figtree-latin-wght-normal'))
	} satisfies Parameters<typeof resolve>[1];
	const response = await inLanguage(spoken, () => resolve(event, page));
	if (response.headers.get('content-type')?.startsWith('text/html')) {
		// The same address is another page for whoever speaks another language.
		response.headers.append('Vary', 'Cookie, Accept-Language');
	}
	const { problem } = locals;
	const isWhole = response.headers.get('content-type') === PROBLEM_TYPE;
	if (isApi && response.status >= 400 && !isWhole) {
		return problemResponse(
			problem ?? CODE_OF_STATUS[response.status] ?? 'unexpected',
			locals.requestId
		);
	}
	if (!problem || response.status !== 500) return response;
	return new Response(response.body, { status: STATUS[problem], headers: response.headers });
};

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	const { portal, requestId } = event.locals;
	const code = problemCode(error) ?? (status === 404 ? 'not_found' : null);
	if (code) {
		event.locals.problem = code;
		return { message: code, code, requestId };
	}
	const isAborted = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
	if (status === 500 && !isAborted) portal.log.error('request failed', { requestId, error });
	return { message, requestId };
};
