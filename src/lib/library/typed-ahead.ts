type Stroke = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'>;

/**
 * What a stroke makes of the words that were typed before there was a field for them.
 * @returns null when it is no letter: it is left to whoever else wants it
 */
export function typedAhead(words: string, stroke: Stroke): string | null {
	const { key, ctrlKey, metaKey, altKey, isComposing } = stroke;
	if (isComposing) return null;
	// AltGr is how many keyboards write: it is said as Ctrl with Alt.
	if ((ctrlKey || metaKey || altKey) && !(ctrlKey && altKey)) return null;
	if (key === 'Backspace') return [...words].slice(0, -1).join('');
	return [...key].length === 1 ? words + key : null;
}
