import { shownName } from '#contracts/file-kind';
import type { Answer, Ask, Outgoing } from './outgoing.ts';
import type { Fetched, Resume } from './items.ts';
import { SourceError } from './source-error.ts';

/** A date says a second, and a file may change twice in one: older ones are sure. */
const SURE_AFTER_MS = 60_000;
const RANGE_NOT_SATISFIABLE = 416;

/**
 * A file by its address, from where it was left. What comes is believed only when it says that it goes on exactly
 * there, of the same file; else it is fetched anew.
 * @throws SourceError
 */
export async function download(
	outgoing: Outgoing,
	url: string | URL,
	{ offset, ifRange }: Resume,
	ask: Ask = {}
): Promise<Fetched> {
	if (offset > 0 && ifRange !== null) {
		const answer = await outgoing.ask(url, {
			...ask,
			range: { offset, validator: ifRange },
			accept: [RANGE_NOT_SATISFIABLE]
		});
		if (answer.status === 200) return whole(answer);
		const size = rangeFrom(answer, offset);
		const isSame =
			!answer.header('etag') || !ifRange.startsWith('"') || answer.header('etag') === ifRange;
		if (answer.status === 206 && size !== null && isSame) {
			return { ...described(answer), offset, size, validator: ifRange, body: answer.body };
		}
		abandon(answer);
	}
	const answer = await outgoing.ask(url, ask);
	if (answer.status === 200) return whole(answer);
	abandon(answer);
	throw new SourceError('not_understood', 'item');
}

/** Reads nothing more of it. */
function abandon({ body }: Answer) {
	body.on('error', () => {});
	body.destroy();
}

function whole(answer: Answer): Fetched {
	const isPlain = /^(identity)?$/i.test(answer.header('content-encoding') ?? '');
	const length = answer.header('content-length');
	return {
		...described(answer),
		offset: 0,
		size: isPlain && length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null,
		validator: isPlain ? validatorOf(answer) : null,
		body: answer.body
	};
}

/** Bytes of the whole, when the answer begins where it was asked to, and goes to the end. */
function rangeFrom(answer: Answer, offset: number): number | null {
	const [, first, last, size] =
		/^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(answer.header('content-range') ?? '') ?? [];
	if (Number(first) !== offset || Number(last) !== Number(size) - 1) return null;
	return Number(size);
}

/** RFC 9110: only a strong one says that it is byte for byte the same. */
function validatorOf(answer: Answer): string | null {
	const etag = answer.header('etag');
	if (etag?.startsWith('"')) return etag;
	const modified = answer.header('last-modified');
	if (modified === null) return null;
	const ageMs = Date.parse(answer.header('date') ?? '') - Date.parse(modified);
	return ageMs >= SURE_AFTER_MS ? modified : null;
}

function described(answer: Answer): Pick<Fetched, 'name' | 'type'> {
	const type = answer.header('content-type')?.split(';', 1)[0]?.trim();
	const name = dispositionName(answer.header('content-disposition'));
	return { ...(type && { type }), ...(name !== null && { name: shownName(name) }) };
}

/** RFC 6266: the extended name goes before the plain one. */
function dispositionName(value: string | null): string | null {
	const extended = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(value ?? '')?.[1];
	if (extended !== undefined) {
		try {
			return decodeURIComponent(extended);
		} catch {
			return null; // not UTF-8 after all
		}
	}
	const [, quoted, bare] = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(value ?? '') ?? [];
	return quoted ?? bare ?? null;
}

/** What a file at this address may be called. */
export function nameFromUrl(url: URL): string {
	const last = url.pathname.split('/').at(-1) ?? '';
	try {
		return shownName(decodeURIComponent(last) || url.hostname);
	} catch {
		return shownName(last); // percent signs that encode nothing
	}
}
