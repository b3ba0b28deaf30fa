/** The part of the Navigation API that is used here; not every browser has it. */
interface NavigateEvent extends Event {
	readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
	readonly userInitiated: boolean;
	readonly destination: { readonly url: string; readonly sameDocument: boolean };
}

interface HoldOptions {
	mayLeave: () => boolean;
	/** A page load that would have ended the uploads was held back. */
	onheld: (url: string) => void;
}

/**
 * The router loads a page whole when a navigation fails, after a deploy or without a network, and that would end what this page is sending.
 * What no person asked for is held back while something would be lost; whoever clicks again or reloads gets through.
 * @returns what ends it
 */
export function holdPage({ mayLeave, onheld }: HoldOptions): () => void {
	const { navigation } = globalThis as { navigation?: EventTarget };
	const hold = (event: Event) => {
		const { navigationType, userInitiated, destination } = event as NavigateEvent;
		const isOwn = new URL(destination.url).origin === location.origin;
		const isLoad = ['push', 'replace'].includes(navigationType) && !destination.sameDocument;
		if (!isOwn || !isLoad || userInitiated || !event.cancelable) return;
		if (event.defaultPrevented || mayLeave()) return;
		event.preventDefault();
		onheld(destination.url);
	};
	navigation?.addEventListener('navigate', hold);
	return () => navigation?.removeEventListener('navigate', hold);
}
