import { expect, test } from 'vitest';
import { isAtLeast, parseVersion } from './version.js';

test.each([
	['2.6.2', [2, 6, 2]],
	['v2.11.4 h1:XKxkmTwBzHcd5kLVrLXz6Kpvz6gpKBXBgLUUVnXTBh4=', [2, 11, 4]],
	['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers', [5, 1, 9]],
	['ffmpeg version n7.1-12-gabcdef', [7, 1, 0]],
	['Chromium 156.0.8078.79 built on Debian 12', [156, 0, 8078]],
	['v26.10.0', [26, 10, 0]]
])('the version in "%s" is read', (said, version) => {
	expect(parseVersion(said)).toEqual(version);
});

test.each(['(devel)', 'ffmpeg version N-118000-gabcdef', ''])(
	'"%s" is a build without a number',
	(said) => {
		expect(parseVersion(said)).toBeNull();
	}
);

test('versions compare by number, the first part first', () => {
	expect(isAtLeast([2, 11, 0], [2, 6, 0])).toBe(true);
	expect(isAtLeast([2, 6, 0], [2, 6, 0])).toBe(true);
	expect(isAtLeast([2, 5, 9], [2, 6, 0])).toBe(false);
	expect(isAtLeast([3, 0, 0], [2, 11, 4])).toBe(true);
	expect(isAtLeast([2, 11, 3], [2, 11, 4])).toBe(false);
});
