import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UploadChanges, type NewUpload } from '#contracts/upload';
import { makeMusic } from '../support/music.ts';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';

let portal: TestPortal;
let close: () => Promise<void>;
let owner: Client;
let music: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
	({ portal, close } = await startPortal());
	owner = await portal.signIn();
	music = await makeMusic({ format: 'mp3' });
});
afterAll(() => close());

let count = 0;
let file: NewUpload;
beforeEach(() => {
	count += 1;
	file = { key: `key-${count}`, name: `${count}.mp3`, size: music.length, lastModified: 1_700_000 };
});

/** As a client announces it that does not say when a file was changed. */
const undatedOf = ({ key, name, size }: NewUpload): NewUpload => ({ key, name, size });

const list = async (query = '') => {
	const answer: unknown = await (await owner.fetch(`/api/uploads${query}`)).json();
	return v.parse(UploadChanges, answer);
};
const idsOf = ({ uploads }: UploadChanges) => uploads.map(({ id }) => id);

describe('what another browser left', () => {
	test('a record says when the file was changed, if that was announced', async () => {
		const dated = await owner.accepted(file);
		const undated = undatedOf(file);
		const other = await owner.accepted({ ...undated, key: 'undated' });

		expect(await owner.upload(dated.slice(7))).toMatchObject({ lastModified: 1_700_000 });
		expect(await owner.upload(other.slice(7))).not.toHaveProperty('lastModified');
	});

	test('those whose bytes are not all here are listed alone, with as much as came', async () => {
		const waiting = await owner.accepted(file);
		const begun = await owner.accepted({ ...file, key: 'begun' });
		await owner.patch(begun, 0, music.slice(0, 100));
		const whole = await owner.send('whole.mp3', music);
		await owner.outcome(whole);
		const cancelled = await owner.accepted({ ...file, key: 'cancelled' });
		await owner.tus('DELETE', cancelled);

		const { uploads, arrived } = await list('?open=1');

		expect(arrived).toBe(1);
		const ours = uploads.filter(({ name }) => name === file.name);
		expect(ours.map(({ id, state, offset }) => [id, state, offset]).sort()).toEqual(
			[
				[waiting.slice(7), 'waiting', 0],
				[begun.slice(7), 'sending', 100]
			].sort()
		);
		expect(uploads.map(({ id }) => id)).not.toContain(whole);
	});

	test('a cursor leaves out what was listed before', async () => {
		const early = await owner.accepted(file);
		const { cursor } = await list('?open=1');
		const late = await owner.accepted({ ...file, key: 'late' });
		await owner.outcome(await owner.send('elsewhere.mp3', music));

		const after = await list(`?open=1&since=${cursor}`);

		expect(idsOf(after)).toEqual([late.slice(7)]);
		expect(idsOf(after)).not.toContain(early.slice(7));
		expect(await list(`?open=1&since=${after.cursor}`)).toEqual({
			cursor: after.cursor,
			uploads: []
		});
	});
});

describe('a file that was changed between visits', () => {
	test('of the same size is another one, and nothing is added to the bytes of the old one', async () => {
		const before = await owner.accepted(file);
		await owner.patch(before, 0, new Uint8Array(1000));

		const after = await owner.accepted({ ...file, lastModified: 1_800_000 });

		expect(after).not.toBe(before);
		expect(await owner.accepted({ ...file, lastModified: 1_800_000 })).toBe(after);
		expect(await owner.offset(after)).toBe(0);
		await owner.patch(after, 0, music);
		expect((await owner.outcome(after.slice(7))).state).toMatch(/ready|duplicate/);
		expect(await owner.offset(before)).toBe(1000);
	});

	test('does not take over what was said about the old one', async () => {
		await owner.accepted({ ...file, description: { title: 'Old' } });

		const after = await owner.accepted({ ...file, lastModified: 1_800_000 });

		expect(await owner.upload(after.slice(7))).not.toHaveProperty('description');
	});

	test('cannot be told where either visit does not say when', async () => {
		const undated = undatedOf(file);

		const dated = await owner.accepted(file);
		const first = await owner.accepted({ ...undated, key: 'never-said' });

		expect(await owner.accepted(undated)).toBe(dated);
		expect(await owner.accepted({ ...file, key: 'never-said' })).toBe(first);
	});
});
