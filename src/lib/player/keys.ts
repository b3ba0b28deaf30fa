/** Where the space bar has a meaning of its own. */
const OWN_SPACE =
	'input, textarea, select, button, summary, dialog [role], [contenteditable], [role="button"], [role="slider"], [role="menuitem"]';

/** Whether a key press means "play or pause": not while typing, not on a button. */
export function isPlayKey({
	key,
	target,
	ctrlKey,
	metaKey,
	altKey,
	defaultPrevented
}: Pick<
	KeyboardEvent,
	'key' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey' | 'defaultPrevented'
>): boolean {
	if (key !== ' ' || ctrlKey || metaKey || altKey || defaultPrevented) return false;
	const closest = (target as Partial<Element> | null)?.closest;
	return !closest?.call(target as Element, OWN_SPACE);
}
