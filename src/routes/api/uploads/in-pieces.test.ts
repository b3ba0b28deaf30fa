import { expect, test } from 'vitest';
import type { UploadRecord } from '#contracts/upload';
import { inPieces } from './in-pieces.ts';

const upload = (at: number): UploadRecord => ({
	...{ id: `${at}`, key: `${at}`, name: '"ä"', path: null, size: 1, offset: 1, state: 'ready' }
});

test.each([0, 1, 499, 500, 501, 1500])('%d uploads in pieces are one answer', async (length) => {
	const changes = { cursor: '7', uploads: Array.from({ length }, (_, at) => upload(at)) };

	const response = inPieces(changes);

	expect(response.headers.get('Content-Type')).toBe('application/json');
	expect(await response.json()).toEqual(changes);
});
