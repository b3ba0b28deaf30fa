/** Catalogues that are fetched apart: who listens does not carry what is said in the studio. */
export const GROUPS = ['shell', 'panels', 'dock', 'pages', 'rooms'] as const;
type Group = (typeof GROUPS)[number];

/** What is fetched beside the first scripts. The others come with the part of the site that says them. */
export const PAGES_BEGIN_WITH: readonly Group[] = ['shell'];

const UPLOAD_PAGE =
	'BulkEdit|CoverField|LinkOverlay|Release[A-Z]|SelectBox|SpeedLimit|TrackEditRow|Upload(Head|Inbox|List|Notices)|inbox';
const ROOMS = new RegExp(
	`^src/(routes/(admin|studio|upload|import|setup)/|lib/(importing/(Import(Card|Form|Picker)|choice-words)|uploader/(${UPLOAD_PAGE})|ui/(BarChart|DropZone|EditCell|SpaceBar)|contracts/))`
);
/** What opens over the player. */
const PANELS =
	/^src\/lib\/player\/(KeysSheet|ListeningSheet|NowPlaying|Panels|Queue[A-Z]|SaveQueue)/;
/** What is on its way here, for whoever may add music. */
const DOCK =
	/^src\/(routes\/(Dock|Unpublished)|lib\/(uploader\/(?!Title)|importing\/|ui\/(upload-words|dropped-files)))/;
const PAGES =
	/^src\/(routes\/[a-z]+\/|lib\/(library\/(SearchDialog|BrowseHead|ArtistList|ReleasePages|GoesOn|SortNav)|keeping\/([A-Z]|open-playlist|playlist-words)|account\/[Nn]ew|offline\/|pages\/|ui\/found-words))/;

/** @param file below the project's folder */
export function groupOf(file: string): Group {
	// What forms say of their fields.
	if (/contracts\/(account|report)\./.test(file)) return 'pages';
	if (ROOMS.test(file)) return 'rooms';
	if (DOCK.test(file)) return 'dock';
	if (PANELS.test(file)) return 'panels';
	return PAGES.test(file) ? 'pages' : 'shell';
}
