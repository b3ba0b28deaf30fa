import { expect, test } from 'vitest';
import { watchMetered, watchNetwork } from './metered.ts';

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

test('another network is told of, with a gap and without one, and a new guess of its speed is none', () => {
	const connection = new Connection();
	const page = new EventTarget();
	const over = new AbortController();
	let networks = 0;
	watchNetwork(() => (networks += 1), { signal: over.signal, page, connection });

	connection.becomes({ saveData: true });
	expect(networks).toBe(0);
	connection.becomes({ type: 'cellular' });
	connection.becomes({});
	expect(networks).toBe(1);
	page.dispatchEvent(new Event('online'));
	expect(networks).toBe(2);
	over.abort();
	connection.becomes({ type: 'wifi' });
	expect(networks).toBe(2);
});
