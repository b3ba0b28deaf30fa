/** The first byte and the one after the last. */
export interface ByteRange {
	from: number;
	to: number;
}

/**
 * What a `Range` header asks of `size` bytes (RFC 9110, 14.2). Null for the whole: without a header, for several ranges,
 * and for what cannot be read. `unsatisfiable` when it lies behind the end.
 */
export function byteRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | null {
	const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
	if (first === undefined || last === undefined || (first === '' && last === '')) return null;
	if (first === '') {
		const length = Math.min(Number(last), size);
		return length === 0 ? 'unsatisfiable' : { from: size - length, to: size };
	}
	const from = Number(first);
	const to = last === '' ? size : Math.min(Number(last) + 1, size);
	if (last !== '' && Number(last) < from) return null;
	return from >= size ? 'unsatisfiable' : { from, to };
}
