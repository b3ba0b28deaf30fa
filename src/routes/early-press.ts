/** What `app.html` heard before anything else could. */
interface EarlyPress {
	pressed: HTMLButtonElement | null;
	hear: (event: MouseEvent) => void;
}

/**
 * The page stands before it hears: on a slow phone for seconds. A button that was pressed meanwhile, the last one of
 * them, is pressed again now. Links and forms need nobody for that.
 */
export function pressAgain() {
	const { segueEarly: early } = window as { segueEarly?: EarlyPress };
	if (!early) return;
	removeEventListener('click', early.hear, true);
	const { pressed } = early;
	early.pressed = null;
	if (pressed?.isConnected) pressed.click();
}
