import { expect, test, vi } from 'vitest';
import { FifoLocker } from './locker.ts';

const never = new AbortController().signal;

test('who comes second asks the holder to let go and waits for its turn', async () => {
	const locker = new FifoLocker();
	const [first, second] = [locker.newLock('a'), locker.newLock('a')];
	const release = vi.fn();
	await first.lock(never, release);

	const entered = second.lock(never, () => {}).then(() => 'entered');
	expect(release).toHaveBeenCalledOnce();
	await first.unlock();

	expect(await entered).toBe('entered');
});

test('turns are taken in the order of asking, and each new holder is asked too', async () => {
	const locker = new FifoLocker();
	const order: string[] = [];
	const hold = async (name: string) => {
		const lock = locker.newLock('a');
		await lock.lock(never, () => void lock.unlock());
		order.push(name);
	};

	await Promise.all([hold('one'), hold('two'), hold('three')]);

	expect(order).toEqual(['one', 'two', 'three']);
});

test('different uploads do not wait for each other', async () => {
	const locker = new FifoLocker();
	await locker.newLock('a').lock(never, () => {});

	await expect(locker.newLock('b').lock(never, () => {})).resolves.toBeUndefined();
});

test('who waits too long is told 423 and no longer stands in line', async () => {
	const locker = new FifoLocker({ waitMs: 5 });
	const holder = locker.newLock('a');
	await holder.lock(never, () => {});

	await expect(locker.newLock('a').lock(never, () => {})).rejects.toMatchObject({
		status_code: 423
	});
	await holder.unlock();

	await expect(locker.newLock('a').lock(never, () => {})).resolves.toBeUndefined();
});

test('a waiter that goes away leaves the line', async () => {
	const locker = new FifoLocker();
	const holder = locker.newLock('a');
	await holder.lock(never, () => {});
	const gone = new AbortController();
	const waiting = locker.newLock('a').lock(gone.signal, () => {});
	const next = locker.newLock('a').lock(never, () => {});

	gone.abort();
	await expect(waiting).rejects.toMatchObject({ status_code: 423 });
	await holder.unlock();

	await expect(next).resolves.toBeUndefined();
});

test('who follows on its own client waits, and nobody is asked to let go', async () => {
	let follows = false;
	const locker = new FifoLocker({ isFollower: () => follows });
	const [first, second, third] = [locker.newLock('a'), locker.newLock('a'), locker.newLock('a')];
	const [release, releaseSecond] = [vi.fn(), vi.fn()];
	await first.lock(never, release);
	follows = true;
	const secondIn = second.lock(never, releaseSecond);
	const thirdIn = third.lock(never, () => {});
	expect(release).not.toHaveBeenCalled();

	await first.unlock();
	await secondIn;
	expect(releaseSecond).not.toHaveBeenCalled();
	await second.unlock();

	await expect(thirdIn).resolves.toBeUndefined();
});

test('a newcomer asks the holder to let go, also behind one that follows', async () => {
	let follows = true;
	const locker = new FifoLocker({ isFollower: () => follows });
	const [first, second, other] = [locker.newLock('a'), locker.newLock('a'), locker.newLock('a')];
	const releaseSecond = vi.fn();
	await first.lock(never, () => {});
	const secondIn = second.lock(never, releaseSecond);
	follows = false;
	const otherIn = other.lock(never, () => {});

	await first.unlock();
	await secondIn;

	expect(releaseSecond).toHaveBeenCalledOnce();
	await second.unlock();
	await otherIn;
});
