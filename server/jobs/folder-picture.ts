import { readFile } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { StoredUpload } from '../catalogue/uploads.ts';
import type { Drafts } from '../intake/drafts.ts';
import type { Intake } from '../intake/intake.ts';
import type { Workshop } from '../media/workshop.ts';
import { folderOf } from '../metadata.ts';
import { Refused } from './refused.ts';

/** A larger picture is no cover, and would be read into memory. */
const MAX_COVER_BYTES = 20 * 1024 * 1024;

interface FolderPictureOptions {
	catalogue: Catalogue;
	intake: Pick<Intake, 'settle'>;
	drafts: Pick<Drafts, 'placePicture'>;
	workshop: Pick<Workshop, 'cover'>;
}

/** A picture belongs to the releases of its folder, those that are here and those that come. */
export function createFolderPicture({ catalogue, intake, drafts, workshop }: FolderPictureOptions) {
	return async (upload: StoredUpload, partial: string): Promise<void> => {
		const folder = folderOf(upload.path);
		if (folder === null) throw new Refused('cover_unplaced');
		if (upload.size > MAX_COVER_BYTES) throw new Refused('too_large');
		const cover = await workshop.cover(await readFile(partial));
		if (!cover) throw new Refused('unreadable');
		await catalogue.transaction(async (nouns) => {
			await drafts.placePicture(nouns, upload, { folder, cover });
			await intake.settle(upload.id, { state: 'ready' }, nouns);
		});
	};
}
