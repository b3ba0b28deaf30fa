import type { ImportSource } from '#contracts/import';
import { feed } from './feed.ts';
import type { Source } from './source.ts';
import { subsonic } from './subsonic.ts';
import { urls } from './urls.ts';

/** The sources that this portal offers, by their names. */
export type Sources = { [Name in ImportSource]?: Source<Name> };

/** What can be imported from. A new source is a file and a line here. */
export function createSources(): Sources {
	return { subsonic, feed, urls };
}
