import * as v from 'valibot';
import type { Live } from '../live/live.ts';
import type { Revive } from './dead-letters.ts';

const Payload = v.object({ uploadId: v.string() });

/**
 * An upload that was given up is received once more: its bytes are still here, as long as its job is. One that has
 * ended otherwise meanwhile stays as it is, and its job finds nothing to do.
 */
export function createReviveIngest({
	say,
	now = Date.now
}: {
	say: Live['say'];
	now?: () => number;
}): Revive {
	return async (payload, nouns) => {
		const upload = await nouns.uploads.byId(v.parse(Payload, payload).uploadId);
		if (upload?.code !== 'poison') return;
		const received = { state: 'received', code: null, now: now() } as const;
		if (!(await nouns.uploads.move(upload.id, ['failed'], received))) return;
		const event = { type: 'upload_changed', uploadId: upload.id, state: 'received' } as const;
		await say(upload.personId, event, nouns);
	};
}
