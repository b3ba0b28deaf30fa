import {
	MAX_CHAPTERS,
	MAX_CHAPTER_SECONDS,
	MAX_CHAPTER_TITLE,
	type Chapter
} from '#contracts/chapter';
import { cleanText } from './metadata.ts';

/** Of show notes: what is longer is no list of chapters. */
const MAX_NOTES = 200_000;
/** One time alone in a text is a time of day, or a price. */
const FEWEST_LINES = 2;

/** What somebody says are chapters. */
export interface SaidChapter {
	startSeconds: number;
	title: string | null;
}

/** In their order, each place once, with names fit to be kept. */
export function tidyChapters(said: readonly SaidChapter[]): Chapter[] {
	const byPlace = new Map<number, Chapter>();
	for (const { startSeconds, title: given } of said) {
		const title = cleanText(given, MAX_CHAPTER_TITLE);
		const isPlace = startSeconds >= 0 && startSeconds <= MAX_CHAPTER_SECONDS;
		if (title === null || !isPlace) continue;
		// As fine as players can tell apart.
		const at = Math.round(startSeconds * 1000) / 1000;
		if (!byPlace.has(at)) byPlace.set(at, { startSeconds: at, title });
	}
	return [...byPlace.values()]
		.sort((a, b) => a.startSeconds - b.startSeconds)
		.slice(0, MAX_CHAPTERS);
}

/** Normal Play Time (RFC 2326), as Podlove writes it: `1:02:03.5`, `02:03`, `123.5`. Null for anything else. */
export function secondsOf(time: string): number | null {
	if (/^\d{1,6}(\.\d{1,9})?$/.test(time)) return Number(time);
	const [, hours = '0', minutes, seconds] =
		/^(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:[.,]\d{1,9})?)$/.exec(time) ?? [];
	if (minutes === undefined || seconds === undefined) return null;
	const rest = Number(seconds.replace(',', '.'));
	return rest < 60 ? Number(hours) * 3600 + Number(minutes) * 60 + rest : null;
}

const TIME = String.raw`(?:\d{1,2}:)?\d{1,3}:\d{2}`;
/** `(00:00) Intro`, `- 00:00–05:12: Intro`, `[1:02:03] Intro`. */
const LINE = new RegExp(
	String.raw`^[\s\-*•·►▶]{0,8}[[(]?(${TIME})(?:\s?[-–—]\s?${TIME})?[\])]?\s*[-–—:|·.]?\s*(\S.*)$`,
	'u'
);

/**
 * Chapters in show notes, plain or HTML: lines that begin with a time, each later than the one before. None when there
 * are fewer than two, or when they do not go forward.
 */
export function chaptersInNotes(notes: string): Chapter[] {
	const lines = notes
		.slice(0, MAX_NOTES)
		.replace(/<(?:br|\/p|\/li|\/div|\/h[1-6]|\/tr)\b[^<>]*>/gi, '\n')
		.replace(/<[^<>]*>/g, '')
		.split(/[\r\n]+/);
	const found = lines.flatMap((line) => {
		const [, time = '', title = ''] = LINE.exec(line.slice(0, 1_000)) ?? [];
		const startSeconds = secondsOf(time);
		return startSeconds === null ? [] : { startSeconds, title };
	});
	const goesOn = found.every(
		({ startSeconds }, at) => at === 0 || startSeconds > (found[at - 1]?.startSeconds ?? 0)
	);
	return found.length >= FEWEST_LINES && goesOn ? tidyChapters(found) : [];
}

/** Podcasting 2.0’s JSON chapters, version 1.2. What is not for lists is left out, and so is what cannot be read. */
export function chaptersInJson(text: string): Chapter[] {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return []; // a page, or nothing
	}
	const given = isRecord(json) ? json['chapters'] : null;
	if (!Array.isArray(given)) return [];
	const said = given.flatMap((each: unknown) => {
		if (!isRecord(each) || each['toc'] === false) return [];
		const { startTime, title } = each;
		const isSaid = typeof startTime === 'number' && typeof title === 'string';
		return isSaid ? { startSeconds: startTime, title } : [];
	});
	return tidyChapters(said);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
