import type { ICommonTagsResult } from 'music-metadata';
import { MAX_CREDITS, MAX_TRACK_TEXT } from '#contracts/upload';
import { cleanLines, cleanText, type Metadata } from '../metadata.ts';

/** In the order in which they are read. */
const ROLES = {
	Writer: 'writer',
	Composer: 'composer',
	Lyricist: 'lyricist',
	Arranger: 'arranger',
	Conductor: 'conductor',
	Producer: 'producer',
	Engineer: 'engineer',
	Mixer: 'mixer',
	Remixer: 'remixer',
	'DJ mixer': 'djmixer'
} as const satisfies Record<string, keyof ICommonTagsResult>;

type Texts = Partial<Pick<ICommonTagsResult, 'lyrics' | (typeof ROLES)[keyof typeof ROLES]>>;

/** What is to be read beside a song. Comments are none of it: programs leave their own there. */
export function textsOf(common: Texts): Pick<Metadata, 'text' | 'credits'> {
	const words = common.lyrics?.find(({ text }) => cleanLines(text, MAX_TRACK_TEXT));
	const credits = Object.entries(ROLES).flatMap(([role, field]) => {
		const names = common[field]?.flatMap((name) => cleanText(name) ?? []) ?? [];
		return names.length > 0 ? [`${role}: ${[...new Set(names)].join(', ')}`] : [];
	});
	return {
		text: cleanLines(words?.text, MAX_TRACK_TEXT),
		credits: cleanLines(credits.join('\n'), MAX_CREDITS)
	};
}
