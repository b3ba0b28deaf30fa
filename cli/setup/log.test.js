import { expect, test } from 'vitest';
import { shorten } from './log.js';

const entry = (/** @type {object} */ fields) =>
	JSON.stringify({ time: '2026-11-21T09:30:58.000Z', ...fields });

test('a warning is one short line', () => {
	const line = entry({
		level: 'warn',
		msg: 'job failed',
		error: { message: 'no space', stack: '…' }
	});

	expect(shorten(line, 'warnings')).toMatch(/^\d\d:\d\d:\d\d warning: job failed: no space$/);
});

test('what goes well is for the file', () => {
	expect(shorten(entry({ level: 'info', msg: 'listening' }), 'warnings')).toBeNull();
	expect(shorten('Error: boom', 'warnings')).toBeNull();
	expect(shorten(entry({ level: 'error', msg: 'x' }), 'nothing')).toBeNull();
});

test('who writes the portal sees all that is no log entry', () => {
	expect(shorten('    at main.ts:3', 'text')).toBe('    at main.ts:3');
	expect(shorten('{ broken', 'text')).toBe('{ broken');
	expect(shorten(entry({ level: 'info', msg: 'listening' }), 'text')).toBeNull();
});
