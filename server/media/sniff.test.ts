import { expect, test } from 'vitest';
import { sniff } from './sniff.ts';

const bytes = (...parts: (string | number[])[]) =>
	Buffer.concat(
		parts.map((part) =>
			typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)
		)
	);

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
const mp3Frame = Buffer.alloc(417);
mp3Frame.set([0xff, 0xfb, 0x90, 0x00]);

test.each([
	['flac', bytes('fLaC')],
	['ogg', bytes('OggS')],
	['wav', bytes('RIFF', [0, 0, 0, 0], 'WAVEfmt ')],
	['aiff', bytes('FORM', [0, 0, 0, 0], 'AIFC')],
	['mov', bytes([0, 0, 0, 32], 'ftypM4A ')],
	['wv', bytes('wvpk')],
	['mp3', Buffer.concat([mp3Frame, mp3Frame])],
	['mp3', Buffer.concat([Buffer.alloc(700), mp3Frame, mp3Frame])]
])('%s is known by its bytes', (demuxer, head) => {
	expect(sniff(head)).toEqual({ kind: 'audio', demuxer });
});

test('a playlist, a page and plain text are not sound, whatever they are called', () => {
	expect(sniff(bytes('#EXTM3U\n#EXT-X-TARGETDURATION:1\n/etc/passwd\n'))).toBeNull();
	expect(sniff(bytes('ffconcat version 1.0\nfile other\n'))).toBeNull();
	expect(sniff(bytes('<!doctype html><title>x</title>'))).toBeNull();
	expect(sniff(Buffer.alloc(0))).toBeNull();
});

test.each(['PK\u0003\u0004', 'Rar!\u001a\u0007', '7z\u00bc\u00af', '\u001f\u008b\u0008'])(
	'an archive is not the song that lies unpacked in it: %j',
	(head) => {
		expect(sniff(Buffer.concat([bytes(head, 'song.mp3'), mp3Frame, mp3Frame]))).toBeNull();
	}
);

test('one lucky pair of bytes does not make an mp3', () => {
	expect(sniff(Buffer.concat([mp3Frame.subarray(0, 4), Buffer.alloc(2000, 0x20)]))).toBeNull();
});

test('pictures are told apart from sound', () => {
	expect(sniff(bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF'))).toEqual({ kind: 'picture' });
	expect(sniff(bytes([0x89], 'PNG\r\n', [0x1a]))).toEqual({ kind: 'picture' });
	expect(sniff(bytes('RIFF', [0, 0, 0, 0], 'WEBP'))).toEqual({ kind: 'picture' });
});
