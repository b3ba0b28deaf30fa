import { expect, test } from 'vitest';
import { ago } from './ago.ts';

test.each([
	[0, 'just now'],
	[-5_000, 'just now'], // the server's clock is ahead
	[59_999, 'just now'],
	[60_000, '1 min ago'],
	[89 * 60_000, '89 min ago'],
	[2 * 3_600_000, '2 h ago'],
	[35 * 3_600_000, '35 h ago'],
	[12.4 * 86_400_000, '12 days ago']
])('%i ms ago', (ms, words) => {
	expect(ago(ms)).toBe(words);
});
