/** What SvelteKit says of the page that is on its way: null when none is. */
interface Underway {
	readonly complete: Promise<void> | null;
}

/** Waits while pages are on their way. One that was called off stays there, and is waited for no longer. */
export async function untilArrived(underway: Underway): Promise<void> {
	let before: Promise<void> | null = null;
	for (let { complete } = underway; complete && complete !== before; { complete } = underway) {
		before = complete;
		await complete.catch(() => {});
	}
}
