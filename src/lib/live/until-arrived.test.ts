import { expect, test, vi } from 'vitest';
import { untilArrived } from './until-arrived.ts';

function waitFor(underway: { complete: Promise<void> | null }) {
	const onarrived = vi.fn();
	void untilArrived(underway).then(onarrived);
	return onarrived;
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

test('where no page is on its way nothing is waited for', async () => {
	const onarrived = waitFor({ complete: null });
	await settle();
	expect(onarrived).toHaveBeenCalledOnce();
});

test('a page that is on its way is waited for, and the one that took its place', async () => {
	const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const underway: { complete: Promise<void> | null } = { complete: first.promise };
	const onarrived = waitFor(underway);

	underway.complete = second.promise;
	first.reject(new Error('navigation aborted'));
	await settle();
	expect(onarrived).not.toHaveBeenCalled();

	underway.complete = null;
	second.resolve();
	await settle();
	expect(onarrived).toHaveBeenCalledOnce();
});

test('one that was called off and stays is not waited for', async () => {
	const { promise, reject } = Promise.withResolvers<void>();
	const onarrived = waitFor({ complete: promise });
	reject(new Error('navigation aborted'));
	await settle();
	expect(onarrived).toHaveBeenCalledOnce();
});
