import { expect, test } from 'vitest';
import { mergePlaylist } from './playlist-merge.ts';

const items = (tracks: string) =>
	[...tracks].map((trackId, at) => ({ itemId: `${trackId}${at}`, trackId }));

/** The playlist as it is after a merge, letter by letter. */
function merged(brought: string, wanted: string, current: string): string {
	const here = items(current);
	const merge = mergePlaylist({ brought: [...brought], wanted: [...wanted], current: here });
	const added = merge.add.map((trackId, at) => ({ itemId: `new${at}`, trackId }));
	const list = [...here.filter(({ itemId }) => !merge.remove.includes(itemId)), ...added];
	for (const { itemId, after } of merge.moves(added)) {
		const [item] = list.splice(
			list.findIndex((each) => each.itemId === itemId),
			1
		);
		const behind = after === null ? 0 : list.findIndex((each) => each.itemId === after) + 1;
		if (item) list.splice(behind, 0, item);
	}
	return list.map(({ trackId }) => trackId).join('');
}

test.each([
	['is brought', '', 'abc', '', 'abc'],
	['is as it was', 'abc', 'abc', 'abc', 'abc'],
	['has another order', 'abc', 'cab', 'abc', 'cab'],
	['has one in the middle', 'abc', 'axbc', 'abc', 'axbc'],
	['has one at the beginning', 'abc', 'xabc', 'abc', 'xabc'],
	['lost one', 'abc', 'ac', 'abc', 'ac'],
	['has one twice', 'ab', 'aba', 'ab', 'aba'],
	['lost one of two', 'aba', 'ab', 'aba', 'ab'],
	['keeps what was put in here', 'ab', 'abc', 'abz', 'abzc'],
	['leaves out what was taken out here', 'abc', 'abcd', 'ac', 'acd'],
	['was emptied', 'abc', '', 'abcz', 'z']
])('a playlist that %s', (_what, brought, wanted, current, after) => {
	expect(merged(brought, wanted, current)).toBe(after);
});
