export type Command =
	| {
			kind:
				'toggle' | 'next' | 'previous' | 'mute' | 'like' | 'queue' | 'shuffle' | 'repeat' | 'help';
	  }
	| { kind: 'seek'; bySeconds: number }
	| { kind: 'volume'; by: number };

const SEEK_SECONDS = 5;
const VOLUME_STEP = 0.05;

/** Where letters are letters. */
const TYPING =
	'input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable]';
/** Where the space bar presses something. */
const OWN_SPACE =
	'input, textarea, select, button, summary, dialog [role], [contenteditable], [role="button"], [role="slider"], [role="menuitem"]';
/** Where arrows move something, or through something; a page that is scrolled by them is not among these. */
const OWN_ARROWS =
	'input, textarea, select, [contenteditable], [popover], dialog, [role="slider"], [role="menu"], [role="listbox"], [role="option"], [role="tablist"], [role="radiogroup"], [data-own-arrows]';

const LETTERS: Record<string, Command> = {
	n: { kind: 'next' },
	p: { kind: 'previous' },
	m: { kind: 'mute' },
	l: { kind: 'like' },
	q: { kind: 'queue' },
	s: { kind: 'shuffle' },
	r: { kind: 'repeat' },
	'?': { kind: 'help' }
};
const ARROWS: Record<string, Command> = {
	ArrowLeft: { kind: 'seek', bySeconds: -SEEK_SECONDS },
	ArrowRight: { kind: 'seek', bySeconds: SEEK_SECONDS },
	ArrowUp: { kind: 'volume', by: VOLUME_STEP },
	ArrowDown: { kind: 'volume', by: -VOLUME_STEP }
};

/** What the sheet shows, in its order. */
export const shortcuts = (): readonly (readonly [keys: readonly string[], does: string])[] => [
	[['Space'], 'Play or pause'],
	[['←', '→'], 'Five seconds back or on'],
	[['↑', '↓'], 'Louder or quieter'],
	[['M'], 'Sound off or on'],
	[['N'], 'Next track'],
	[['P'], 'Beginning, or the track before'],
	[['L'], 'Like this track'],
	[['S'], 'Shuffle'],
	[['R'], 'Repeat all, one, or nothing'],
	[['Q'], 'The queue'],
	[['/'], 'Search'],
	[['?'], 'This list']
];

type Press = Pick<
	KeyboardEvent,
	| 'key'
	| 'target'
	| 'ctrlKey'
	| 'metaKey'
	| 'altKey'
	| 'defaultPrevented'
	| 'isComposing'
	| 'repeat'
>;

/** What a key asks of the player; null while typing, with a modifier, and where a control has its own use for it. */
export function commandOf({ key, target, ...press }: Press): Command | null {
	if (press.ctrlKey || press.metaKey || press.altKey) return null;
	if (press.defaultPrevented || press.isComposing) return null;
	const isIn = (places: string) => {
		const closest = (target as Partial<Element> | null)?.closest;
		return Boolean(closest?.call(target as Element, places));
	};
	const arrow = Object.hasOwn(ARROWS, key) ? ARROWS[key] : undefined;
	if (arrow) return isIn(OWN_ARROWS) ? null : arrow;
	// A key that is held down does it once; only arrows go on.
	if (press.repeat) return null;
	if (key === ' ') return isIn(OWN_SPACE) ? null : { kind: 'toggle' };
	const name = key.toLowerCase();
	if (!Object.hasOwn(LETTERS, name) || isIn(TYPING)) return null;
	return LETTERS[name] ?? null;
}
