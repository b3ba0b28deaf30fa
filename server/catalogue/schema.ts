import type { BrowsingTables } from './schema/browsing.ts';
import type { ImportTables } from './schema/imports.ts';
import type { ListeningTables } from './schema/listening.ts';
import type { MusicTables } from './schema/music.ts';
import type { PeopleTables } from './schema/people.ts';
import type { PlaylistTables } from './schema/playlists.ts';
import type { RemovalTables } from './schema/removal.ts';
import type { UploadTables } from './schema/uploads.ts';
import type { WorkTables } from './schema/work.ts';

/** Every table, by its name. */
export interface Database
	extends
		BrowsingTables,
		ImportTables,
		ListeningTables,
		MusicTables,
		PeopleTables,
		PlaylistTables,
		RemovalTables,
		UploadTables,
		WorkTables {}
