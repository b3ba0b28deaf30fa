/** Pixels from an edge at which a drag scrolls on. */
const EDGE = 56;
/** Pixels in each frame. */
const STEP = 8;

interface Edges {
	top: number;
	bottom: number;
}

interface ScrollAtEdgesOptions {
	scroller: Element;
	/** What is seen of it now, in the window's pixels. */
	edges: () => Edges;
	/** Where the pointer is in the window; null while it drags nothing. */
	y: () => number | null;
	/** After each frame in which it scrolled. */
	onscroll: () => void;
	signal: AbortSignal;
}

/** Scrolls for as long as a pointer that drags something is at an edge, also when it rests there. */
export function scrollAtEdges({ scroller, edges, y, onscroll, signal }: ScrollAtEdgesOptions) {
	const frame = () => {
		if (signal.aborted) return;
		const at = y();
		const by = at === null ? 0 : stepAt(at, edges());
		if (by !== 0) {
			scroller.scrollBy(0, by);
			onscroll();
		}
		requestAnimationFrame(frame);
	};
	requestAnimationFrame(frame);
}

function stepAt(y: number, { top, bottom }: Edges): number {
	if (y < top + EDGE) return -STEP;
	return y > bottom - EDGE ? STEP : 0;
}
