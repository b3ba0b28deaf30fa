import { expect, test } from 'vitest';
import { createSpaces } from '../accounts/space.ts';
import { createRoom } from './room.ts';

function setUp({ own, portal }: { own: number | null; portal: number | null }) {
	const used = { originals: 300, earlier: 50, bin: 20, incoming: 30 };
	const quota = {
		of: async () => own,
		usedBy: async () => new Map([['ada', used]]),
		promised: async () => 1_000
	};
	const spaces = createSpaces({
		catalogue: { quota } as unknown as Parameters<typeof createSpaces>[0]['catalogue'],
		storage: { freeBytes: async () => 10_000 },
		...{ quotaBytes: portal, reserveBytes: 4_000 }
	});
	return createRoom({ spaces });
}

test('a quota of their own goes before the portal’s, also where the portal has none', async () => {
	await setUp({ own: 500, portal: 100 })('ada', 100);
	for (const portal of [null, 5_000]) {
		await expect(setUp({ own: 500, portal })('ada', 101)).rejects.toMatchObject({
			code: 'quota_exceeded'
		});
	}
});

test('what came since the bytes were summed up counts', async () => {
	const room = setUp({ own: null, portal: 500 });

	await room('ada', 60);
	await room('ada', 40);

	await expect(room('ada', 1)).rejects.toMatchObject({ code: 'quota_exceeded' });
});

test('what was promised to others and what is nobody’s is not free', async () => {
	const room = setUp({ own: null, portal: null });

	await room('ada', 5_000);
	await expect(room('ada', 5_001)).rejects.toMatchObject({ code: 'disk_full' });
});
