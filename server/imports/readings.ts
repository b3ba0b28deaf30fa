import type { Chapter } from '#contracts/chapter';
import { chaptersInJson } from '../chapters.ts';
import { parseFeed, type FeedDocument } from './feed-document.ts';
import { readReply, type FileMakerReply } from './filemaker-reply.ts';
import { listedUrls } from './listed-urls.ts';
import type { ListedItem } from './items.ts';
import { readAnswer, type Method } from './subsonic-answers.ts';

/** What is read of texts that strangers wrote. */
export interface Readings {
	feed: FeedDocument;
	urls: { items: ListedItem[] };
	chapters: Chapter[];
	filemaker: FileMakerReply | null;
	subsonic: { failed: number } | { found: unknown };
}

/** How a text is to be read. */
export type Reading =
	| { as: 'feed' | 'urls'; text: string; base: string | null }
	| { as: 'chapters'; text: string }
	| { as: 'filemaker'; text: string; fields: readonly string[] }
	| { as: 'subsonic'; text: string; method: Method };

/** @throws SourceError */
export function read(reading: Reading): Readings[keyof Readings] {
	if (reading.as === 'subsonic') return readAnswer(reading.method, reading.text);
	if (reading.as === 'chapters') return chaptersInJson(reading.text);
	if (reading.as === 'filemaker') return readReply(reading.text, reading.fields);
	const base = reading.base === null ? null : new URL(reading.base);
	if (reading.as === 'feed') return parseFeed(reading.text, base);
	return { items: listedUrls(reading.text, base) };
}
