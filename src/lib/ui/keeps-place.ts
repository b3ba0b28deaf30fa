import type { SubmitFunction } from '@sveltejs/kit';

/**
 * For `use:enhance={keepsPlace}`: what has the focus keeps it, or gives it where `keepsFocus` says. By itself Kit takes
 * it to the top of the page once a form was taken, and whoever uses the keyboard would begin again there.
 */
export const keepsPlace: SubmitFunction = () => {
	return ({ update }) => holdingFocus(update);
};

/** As `keepsPlace`, and what was typed stays in its fields. */
export const keepsFields: SubmitFunction = () => {
	return ({ update }) => holdingFocus(() => update({ reset: false }));
};

async function holdingFocus(update: () => Promise<void>) {
	let held: EventTarget | null = document.activeElement;
	const hold = ({ target }: FocusEvent) => {
		if (target !== document.body) held = target;
	};
	document.addEventListener('focusin', hold);
	try {
		await update();
	} finally {
		document.removeEventListener('focusin', hold);
	}
	const isLost = document.activeElement === document.body;
	if (isLost && held instanceof HTMLElement) held.focus({ preventScroll: true });
}
