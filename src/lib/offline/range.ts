/**
 * A whole file as it was asked for: the part that `Range` names as 206, everything as 200 without one. Audio elements
 * ask for parts, and take no seek from an answer that ignores them.
 */
export function partOf(file: Blob, headers: Headers, range: string | null): Response {
	const answer = new Headers(headers);
	answer.set('Accept-Ranges', 'bytes');
	const asked = range === null ? null : parseRange(range, file.size);
	if (asked === null) {
		answer.set('Content-Length', String(file.size));
		return new Response(file, { status: 200, headers: answer });
	}
	if (asked === 'none') {
		answer.set('Content-Range', `bytes */${file.size}`);
		return new Response(null, { status: 416, headers: answer });
	}
	const { from, to } = asked;
	answer.set('Content-Range', `bytes ${from}-${to - 1}/${file.size}`);
	answer.set('Content-Length', String(to - from));
	return new Response(file.slice(from, to, file.type), { status: 206, headers: answer });
}

/** RFC 9110: one range. Null for what is none, or several: then everything is a right answer. */
function parseRange(range: string, size: number): { from: number; to: number } | 'none' | null {
	const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? [];
	if (first === '' && last === '') return null;
	const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
	const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
	if (first !== '' && last !== '' && Number(last) < from) return null;
	return from >= size || from >= to ? 'none' : { from, to };
}
