import type { ImportSource } from '#contracts/import';
import type { Source } from './source.ts';

type Sources = { [Name in ImportSource]?: Source<Name> };

/** What can be imported from. A new source is a file and a line here. */
export function createSources(): Sources {
	return {};
}
