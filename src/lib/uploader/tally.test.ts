import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tally } from './tally.ts';
import type { Upload, UploadState } from './upload.ts';

const state: fc.Arbitrary<UploadState> = fc.oneof(
	fc.constantFrom<UploadState>(
		{ kind: 'waiting' },
		{ kind: 'received' },
		{ kind: 'processing' },
		{ kind: 'ready', trackId: null },
		{ kind: 'duplicate', trackId: null },
		{ kind: 'refused', code: 'not_audio' },
		{ kind: 'failed', code: 'unexpected' },
		{ kind: 'cancelled' }
	),
	fc.nat(100).map((sent): UploadState => ({ kind: 'sending', sent })),
	fc.nat(100).map((sent): UploadState => ({ kind: 'unbound', sent })),
	fc.nat(100).map((sent): UploadState => ({ kind: 'paused', sent }))
);
const upload = state.map((is): Upload => ({
	key: 'k',
	name: 'n',
	path: null,
	size: 100,
	state: is,
	id: null,
	tags: null,
	description: {},
	isPublic: false
}));

test('what is taken out again leaves nothing behind, whatever it was', () => {
	fc.assert(
		fc.property(fc.array(upload), (uploads) => {
			const tally = new Tally();
			for (const each of uploads) tally.add(each);
			for (const each of uploads.toReversed()) tally.remove(each);

			expect({ ...tally }).toEqual({ ...new Tally() });
		})
	);
});

test('never more was sent than there is, and every file is over or pending', () => {
	fc.assert(
		fc.property(fc.array(upload), (uploads) => {
			const tally = new Tally();
			for (const each of uploads) tally.add(each);

			const over = uploads.filter(({ state: { kind } }) =>
				['ready', 'duplicate', 'refused', 'failed', 'cancelled'].includes(kind)
			);
			expect(tally.bytesSent).toBeLessThanOrEqual(tally.bytes);
			expect(tally.pending + over.length).toBe(uploads.length);
		})
	);
});
