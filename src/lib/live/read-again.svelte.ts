import { invalidate, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';
import { untilArrived } from './until-arrived.ts';

/**
 * Reads again what this page shows: what depends on this name, or everything. A page that is on its way comes first:
 * SvelteKit would call it off, and whoever pressed its link would wait for ever.
 */
export async function readAgain(name?: `segue:${string}`): Promise<void> {
	await untilArrived(navigating);
	await (name === undefined ? invalidateAll() : invalidate(name));
}
