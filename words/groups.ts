/** Catalogues that are fetched apart: a listener's page does not carry the words of the studio. */
export const GROUPS = ['shell', 'rooms'] as const;
type Group = (typeof GROUPS)[number];

/** What every page needs. */
export const PAGES_BEGIN_WITH: readonly Group[] = ['shell'];

export function groupOf(_file: string): Group {
	return 'shell';
}
