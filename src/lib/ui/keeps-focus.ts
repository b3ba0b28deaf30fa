/** What the Tab key reaches. */
const STOPS = ['a[href]', 'button', 'input', 'select', 'textarea', '[tabindex]']
	.map((stop) => `${stop}:not(:disabled, [tabindex='-1'], [aria-hidden='true'])`)
	.join();

/** Long lists take rows away that were scrolled out of sight, up to so long after the last bit of scrolling. */
const SCROLL_MS = 300;

/** A place on the way from what has the focus to the root. */
interface Home {
	parent: Element;
	/** Which of the parent's children the way goes through. */
	at: number;
}

/** Children in the order in which they are asked: what stands in the same place now, what follows, what went before. */
export function nearestFirst<T>(children: readonly T[], at: number): T[] {
	return [...children.slice(at), ...children.slice(0, at).reverse()];
}

/**
 * For `{@attach keepsFocus}`: where what has the focus goes away, as a button does that was pressed, its nearest
 * neighbour gets the focus. Otherwise whoever uses the keyboard would begin again at the top of the page.
 */
export function keepsFocus(root: HTMLElement): () => void {
	let last: HTMLElement | null = null;
	let homes: Home[] = [];
	let scrolledAt = -Infinity;

	function forget() {
		last = null;
		homes = [];
	}

	function enter({ target }: FocusEvent) {
		if (!(target instanceof HTMLElement)) return;
		if (root.contains(target)) {
			last = target;
			homes = homesOf(target, root);
		} else if (!isInSheetOver(target)) {
			forget();
		}
	}

	function leave({ target, relatedTarget }: FocusEvent) {
		if (relatedTarget !== null || target !== last) return;
		// Browsers tell of it before the element is gone: only afterwards it shows whether the person left it.
		queueMicrotask(() => {
			if (last?.isConnected && document.activeElement === document.body) forget();
		});
	}

	/** A sheet gives the focus back to where it was, if that is still there. */
	const isInSheetOver = (target: Element) => isAbove(target.closest('dialog'));
	const isAbove = (sheet: Element | null) => sheet !== null && !sheet.contains(root);

	const scroll = () => {
		scrolledAt = performance.now();
	};

	const observer = new MutationObserver(() => {
		if (!last || last.isConnected || document.activeElement !== document.body) return;
		if (isAbove(document.querySelector('dialog:modal'))) return;
		// Who scrolls on has left it, and rows that come and go must not be read out.
		if (performance.now() - scrolledAt < SCROLL_MS) return forget();
		const found = neighbourAmong(homes, root);
		forget();
		// A file may end long after somebody scrolled on: the page stays where it is.
		found?.focus({ preventScroll: true });
	});

	document.addEventListener('focusin', enter);
	document.addEventListener('focusout', leave);
	document.addEventListener('scroll', scroll, { capture: true, passive: true });
	observer.observe(document.body, { childList: true, subtree: true });
	return () => {
		observer.disconnect();
		document.removeEventListener('focusin', enter);
		document.removeEventListener('focusout', leave);
		document.removeEventListener('scroll', scroll, { capture: true });
	};
}

function homesOf(target: Element, root: Element): Home[] {
	const homes: Home[] = [];
	let child = target;
	while (child !== root && child.parentElement) {
		const parent = child.parentElement;
		homes.push({ parent, at: Array.prototype.indexOf.call(parent.children, child) });
		child = parent;
	}
	return homes;
}

function neighbourAmong(homes: readonly Home[], root: Element): HTMLElement | null {
	for (const { parent, at } of homes) {
		if (!root.contains(parent) || !parent.isConnected) continue;
		for (const child of nearestFirst(Array.from(parent.children), at)) {
			const stop = firstStop(child);
			if (stop) return stop;
		}
	}
	return null;
}

/** The first place in it, itself included, that can be seen and takes the focus. */
export function firstStop(inside: Element): HTMLElement | null {
	const stops = [inside, ...inside.querySelectorAll(STOPS)].filter((one) => one.matches(STOPS));
	const seen = stops.find((one) => one.getClientRects().length > 0);
	return seen instanceof HTMLElement ? seen : null;
}
