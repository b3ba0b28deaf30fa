import { expect, test } from 'vitest';
import { causesOf, reportOf } from './inbox.ts';
import type { Upload, UploadState } from './upload.ts';

function upload(name: string, state: UploadState, path: string | null = null): Upload {
	const key = path ?? name;
	return {
		key,
		name,
		path,
		size: 7,
		state,
		id: null,
		tags: null,
		description: {},
		isPublic: false
	};
}

test('failures are grouped by why, the most common first', () => {
	const causes = causesOf([
		upload('a', { kind: 'failed', code: 'no_sound' }),
		upload('b', { kind: 'waiting' }),
		upload('c', { kind: 'failed', code: 'disk_full' }),
		upload('d', { kind: 'refused', code: 'disk_full' })
	]);

	expect(causes.map(({ code, uploads }) => [code, uploads.map(({ name }) => name)])).toEqual([
		['disk_full', ['c', 'd']],
		['no_sound', ['a']]
	]);
});

test('the report is a table with one line for each file', () => {
	const report = reportOf(
		[
			upload('One\ttwo.mp3', { kind: 'failed', code: 'no_sound' }, 'Coast/CD 1/One\ttwo.mp3'),
			upload('x.txt', { kind: 'refused', code: 'not_audio' })
		],
		(code) => `because ${code}`
	);

	expect(report).toBe(
		'Name\tFolder\tBytes\tReason\n' +
			'One two.mp3\tCoast/CD 1\t7\tbecause no_sound\n' +
			'x.txt\t\t7\tbecause not_audio\n'
	);
});
