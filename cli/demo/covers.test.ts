import sharp from 'sharp';
import { expect, test } from 'vitest';
import { coverSvg, drawCover, MOTIFS } from './covers.ts';

test.each(MOTIFS)('%s is a square picture of several colours', async (motif) => {
	const picture = await drawCover({ motif, hue: 200, seed: 'a' }, 'jpeg');

	const { width, height } = await sharp(picture).metadata();
	const { entropy } = await sharp(picture).stats();
	expect([width, height]).toEqual([1000, 1000]);
	// A single colour has none.
	expect(entropy).toBeGreaterThan(0.8);
});

test('the same sketch gives the same bytes, another seed or hue another picture', async () => {
	const sketch = { motif: 'horizon', hue: 30, seed: 'a' } as const;

	expect((await drawCover(sketch, 'png')).equals(await drawCover(sketch, 'png'))).toBe(true);
	expect(coverSvg({ ...sketch, seed: 'b' })).not.toBe(coverSvg(sketch));
	expect(coverSvg({ ...sketch, hue: 120 })).not.toBe(coverSvg(sketch));
});
