/**
 * For `{@attach passesTouchEnds}` on a long list. The end of a touch is told to what it began on, and to nobody
 * else once that is out of the page: the list would take the finger for one that is still down, and no press for one.
 */
export function passesTouchEnds(list: HTMLElement): () => void {
	function begin({ target }: TouchEvent) {
		const done = new AbortController();
		const { signal } = done;
		const end = ({ type }: Event) => {
			done.abort();
			const isGone = target instanceof Node && !list.contains(target);
			if (isGone) list.dispatchEvent(new Event(type, { bubbles: true }));
		};
		target?.addEventListener('touchend', end, { signal });
		target?.addEventListener('touchcancel', end, { signal });
	}

	list.addEventListener('touchstart', begin, { passive: true });
	return () => list.removeEventListener('touchstart', begin);
}
