type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What `app.html` heard before anything else could. */
interface Early {
	pressed: HTMLButtonElement | null;
	/** What was typed or chosen in each field, and whether it was ticked. */
	fields: Map<Field, [value: string, checked: boolean | undefined]>;
	hear: (event: Event) => void;
}

function typeAgain(field: Field, value: string, checked: boolean | undefined) {
	if (field.value !== value) field.value = value;
	if ('checked' in field && checked !== undefined) field.checked = checked;
	field.dispatchEvent(new Event('input', { bubbles: true }));
	const isChosen = field instanceof HTMLSelectElement || ['checkbox', 'radio'].includes(field.type);
	if (isChosen) field.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * The page stands before it hears: on a slow phone for seconds. What was typed meanwhile, which the page's own first
 * words write over, is typed again now, and then the button that was pressed last is pressed. Links and forms need
 * nobody for that.
 */
export function sayAgain() {
	const { segueEarly: early } = window as { segueEarly?: Early };
	if (!early) return;
	removeEventListener('click', early.hear, true);
	removeEventListener('input', early.hear, true);
	const { pressed, fields } = early;
	for (const [field, [value, checked]] of fields) {
		if (field.isConnected) typeAgain(field, value, checked);
	}
	fields.clear();
	early.pressed = null;
	if (pressed?.isConnected) pressed.click();
}
