import { PassThrough, Transform, type Readable } from 'node:stream';
import {
	createBrotliDecompress,
	createGunzip,
	createInflate,
	createZstdDecompress
} from 'node:zlib';
import { SourceError } from './source-error.ts';

/** What nobody compresses that well is made to fill memory. */
const MAX_RATIO = 100;
/** Small texts compress better than large ones. */
const FREE_BYTES = 1024 * 1024;

const DECODERS: Record<string, () => Transform> = {
	gzip: createGunzip,
	'x-gzip': createGunzip,
	deflate: createInflate,
	br: createBrotliDecompress,
	zstd: createZstdDecompress
};

export interface BodyLimits {
	/** Decoded. */
	maxBytes: number;
	/** Fewer than `bytes` in `ms` is not worth waiting for. */
	slowest: { bytes: number; ms: number };
}

/**
 * A body as it is meant, within limits of size, of speed and of what may come of one byte.
 * @throws SourceError bomb for encodings in encodings
 */
export function limitedBody(
	raw: Readable,
	encoding: string | null,
	{ maxBytes, slowest }: BodyLimits
): Readable {
	const names = (encoding ?? '')
		.split(',')
		.map((name) => name.trim().toLowerCase())
		.filter((name) => name !== '' && name !== 'identity');
	if (names.length > 1) throw new SourceError('bomb', 'item');
	const [name] = names;
	const decoder = name === undefined ? new PassThrough() : DECODERS[name]?.();
	if (!decoder) throw new SourceError('not_understood', 'item');

	let came = 0;
	let given = 0;
	let cameBefore = 0;
	let failure: Error | null = null;
	raw.on('data', (chunk: Buffer) => (came += chunk.length));
	raw.pause();
	const limit = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			given += chunk.length;
			if (given > maxBytes) return done(new SourceError('too_large', 'item'));
			if (name !== undefined && given > FREE_BYTES && given > came * MAX_RATIO)
				return done(new SourceError('bomb', 'item'));
			done(null, chunk);
		},
		flush: (done) => done(failure)
	});
	// It may break before anybody reads it; whoever reads it then is told.
	limit.on('error', () => {});
	const watch = setInterval(() => {
		// Whoever reads slowly keeps us from knowing how fast it would come.
		const isOurFault = limit.writableNeedDrain || limit.readableLength > 0;
		if (!isOurFault && came - cameBefore < slowest.bytes)
			limit.destroy(new SourceError('timeout', 'later'));
		cameBefore = came;
	}, slowest.ms);
	watch.unref();
	limit.on('close', () => {
		clearInterval(watch);
		raw.destroy();
		decoder.destroy();
	});
	raw.on('error', (cause) => {
		// What came before it is good.
		failure = toSourceError(cause);
		decoder.end();
	});
	decoder.on('error', (cause) =>
		limit.destroy(failure ?? new SourceError('not_understood', 'item', { cause }))
	);
	raw.pipe(decoder).pipe(limit);
	return limit;
}

function toSourceError(cause: Error): Error {
	if (cause instanceof SourceError || cause.name === 'AbortError') return cause;
	return new SourceError('source_failed', 'later', { cause });
}
