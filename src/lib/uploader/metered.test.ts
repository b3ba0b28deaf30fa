import { expect, test } from 'vitest';
import { watchMetered } from './metered.ts';

class Connection extends EventTarget {
	saveData = false;
	type = 'wifi';
	becomes(change: Partial<Pick<Connection, 'saveData' | 'type'>>) {
		Object.assign(this, change);
		this.dispatchEvent(new Event('change'));
	}
}

test('a connection that becomes metered, or is to be spared, is told of', () => {
	const connection = new Connection();
	const told: boolean[] = [];
	const over = new AbortController();
	watchMetered((isMetered) => told.push(isMetered), { signal: over.signal, connection });

	connection.becomes({ type: 'cellular' });
	connection.becomes({ type: 'wifi', saveData: true });
	connection.becomes({ saveData: false });
	over.abort();
	connection.becomes({ saveData: true });

	expect(told).toEqual([false, true, true, false]);
});

test('where the browser does not know, bytes cost nothing', () => {
	const told: boolean[] = [];

	watchMetered((isMetered) => told.push(isMetered), {
		signal: AbortSignal.abort(),
		connection: null
	});

	expect(told).toEqual([]);
});
