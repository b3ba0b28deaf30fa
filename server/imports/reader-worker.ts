import { parentPort } from 'node:worker_threads';
import type { ReaderAnswer } from './reader.ts';
import { read, type Reading } from './readings.ts';
import { SourceError } from './source-error.ts';

/** So many the other thread takes in between two pages. */
const ITEMS_AT_ONCE = 250;

let left: ReaderAnswer[] = [];

function* answers(reading: Reading): Generator<ReaderAnswer> {
	const value = read(reading);
	if (!value || !('items' in value)) {
		yield { kind: 'value', value };
		return;
	}
	const { items, ...rest } = value;
	for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
		yield { kind: 'items', items: items.slice(at, at + ITEMS_AT_ONCE) };
	}
	yield { kind: 'value', value: { ...rest, items: [] } };
}

function answersTo(reading: Reading): ReaderAnswer[] {
	try {
		return [...answers(reading)];
	} catch (error) {
		if (error instanceof SourceError) {
			return [{ kind: 'refused', code: error.code, scope: error.scope }];
		}
		return [{ kind: 'failed', message: error instanceof Error ? error.message : String(error) }];
	}
}

parentPort?.on('message', (asked: Reading | 'more') => {
	if (asked !== 'more') left = answersTo(asked);
	const answer = left.shift();
	if (answer) parentPort?.postMessage(answer);
});
