import type { ImportSource } from '#contracts/import';
import { feed } from './feed.ts';
import { createFileMaker } from './filemaker.ts';
import { createFolder } from './folder.ts';
import type { Source } from './source.ts';
import { subsonic } from './subsonic.ts';
import { urls } from './urls.ts';
import { createZip, type ZipOptions } from './zip.ts';

/** The sources that this portal offers, by their names. */
export type Sources = { [Name in ImportSource]?: Source<Name> };

export interface SourcesOptions {
	/** Folders of this machine that the owner may import from. */
	roots: readonly string[];
	/** Archives that were uploaded. */
	archives: ZipOptions;
}

/** What can be imported from. A new source is a file and a line here. */
export function createSources({ roots, archives }: SourcesOptions): Sources {
	return {
		subsonic,
		feed,
		urls,
		filemaker: createFileMaker(),
		zip: createZip(archives),
		...(roots.length > 0 && { folder: createFolder({ roots }) })
	};
}
