import type { ImportOrder } from '#contracts/import';
import { MOST_CHOSEN, type ImportChoice, type ImportChoices } from '#contracts/import-choices';

/** What was ticked at a music server. */
export interface Chosen {
	kind: 'artist' | 'album' | 'playlist';
	id: string;
	name: string;
	/** Whose album it is. */
	artist?: { id: string; name: string };
}

/** What a server says of what it has. */
export type Answer =
	{ kind: 'asked' } | { kind: 'here'; found: ImportChoices } | { kind: 'failed'; why: string };

/** A choice with what it is searched by. */
interface Searchable extends ImportChoice {
	key: string;
}

export const keyOf = ({ kind, id }: Pick<Chosen, 'kind' | 'id'>) => `${kind} ${id}`;

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Made once for a list: with each letter typed only keys are compared. */
export const searchable = (choices: readonly ImportChoice[]): Searchable[] =>
	choices.map((choice) => ({ ...choice, key: folded(choice.name) }));

/** Those whose name has every word that was typed, in their order. */
export function searched(choices: readonly Searchable[], typed: string): readonly Searchable[] {
	const words = folded(typed).split(/\s+/).filter(Boolean);
	if (words.length === 0) return choices;
	return choices.filter(({ key }) => words.every((word) => key.includes(word)));
}

/** Ticked, or no longer. Who takes an artist has taken all of their albums. */
export function ticked(chosen: readonly Chosen[], one: Chosen, isOn: boolean): Chosen[] {
	const others = chosen.filter(
		(each) =>
			keyOf(each) !== keyOf(one) && !(isOn && one.kind === 'artist' && each.artist?.id === one.id)
	);
	return isOn ? [...others, one] : others;
}

/** What an order says of them. */
export function namedIn(chosen: readonly Chosen[]) {
	const ids = (kind: Chosen['kind']) =>
		chosen.filter((each) => each.kind === kind).map(({ id }) => id);
	return {
		artists: ids('artist'),
		albums: ids('album'),
		playlists: ids('playlist')
	} satisfies Partial<Extract<ImportOrder, { source: 'subsonic' }>>;
}

/** Whether it is more than one order may name. */
export const isTooMuch = (chosen: readonly Chosen[]): boolean =>
	Object.values(namedIn(chosen)).some(({ length }) => length > MOST_CHOSEN);
