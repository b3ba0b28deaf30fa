import { expect, test } from 'vitest';
import { LyricsContentType, TimestampFormat } from 'music-metadata';
import { textsOf } from './texts.ts';

const words = (text?: string) => ({
	...{ contentType: LyricsContentType.lyrics, timeStampFormat: TimestampFormat.notSynchronized },
	...{ syncText: [], ...(text !== undefined && { text }) }
});

test('words come with their lines, and without what no page may show', () => {
	const lyrics = [words(), words(' One\r\ntwo \u202e\u0007\n\n\n\nthree ')];

	expect(textsOf({ lyrics }).text).toBe('One\ntwo\n\nthree');
	expect(textsOf({ lyrics: [words('x'.repeat(20_000))] }).text).toHaveLength(10_000);
});

test('each role is a line, and nobody is named twice in it', () => {
	const { credits } = textsOf({ producer: ['Bea', 'Bea', 'Cy'], composer: ['Ada\nLind'] });

	expect(credits).toBe('Composer: Ada Lind\nProducer: Bea, Cy');
});

test('what says nothing is nothing', () => {
	expect(textsOf({ lyrics: [words(' \n ')], composer: [''] })).toEqual({
		text: null,
		credits: null
	});
});
