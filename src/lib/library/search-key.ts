/** Where a stroke is a letter, and not a command. */
const TYPED_INTO = 'input, textarea, select, [contenteditable], dialog';

/** Whether a key press means "search": Ctrl+K or ⌘K anywhere, "/" where nothing is typed into. */
export function isSearchKey({
	key,
	target,
	ctrlKey,
	metaKey,
	altKey,
	shiftKey,
	defaultPrevented
}: Pick<
	KeyboardEvent,
	'key' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'defaultPrevented'
>): boolean {
	if (defaultPrevented || altKey) return false;
	if (ctrlKey || metaKey) return key.toLowerCase() === 'k' && !shiftKey;
	if (key !== '/') return false;
	const closest = (target as Partial<Element> | null)?.closest;
	return !closest?.call(target as Element, TYPED_INTO);
}
