import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coverKey } from './cover-key.ts';
import { Inspector, type Answer, type InspectWorker, type Question } from './inspector.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class FakeWorker implements InspectWorker {
	readonly questions: Question[] = [];
	isOver = false;
	onmessage: InspectWorker['onmessage'] = null;
	onerror: InspectWorker['onerror'] = null;
	postMessage(question: Question) {
		this.questions.push(question);
	}
	terminate() {
		this.isOver = true;
	}
	answers(data: Answer) {
		this.onmessage?.({ data });
	}
}

function setUp() {
	const workers: FakeWorker[] = [];
	const inspector = new Inspector({
		open: () => {
			const worker = new FakeWorker();
			workers.push(worker);
			return worker;
		}
	});
	return { inspector, workers };
}
const file = (name: string) => new File(['1'], name);

test('few files are open at the same time, however many there are', async () => {
	const { inspector, workers } = setUp();
	const asked = ['a', 'b', 'c'].map((name) => inspector.inspect(file(name), `Album/${name}`));
	expect(workers[0]?.questions.map(({ file: { name } }) => name)).toEqual(['a', 'b']);

	workers[0]?.answers({ id: 1, tags: null, coverOf: 'Album\n', cover: null, fingerprint: 'f' });

	expect(await asked[0]).toMatchObject({ coverOf: 'Album\n' });
	expect(workers[0]?.questions.map(({ folder }) => folder)).toEqual(['Album', 'Album', 'Album']);
});

test('a file that cannot be read is alone in it', async () => {
	const { inspector, workers } = setUp();
	const [bad, good] = [inspector.inspect(file('a'), null), inspector.inspect(file('b'), null)];

	workers[0]?.answers({ id: 1, error: 'no tags' });
	workers[0]?.answers({ id: 2, tags: null, coverOf: '\n', cover: null, fingerprint: 'f' });

	await expect(bad).rejects.toThrow('no tags');
	await good;
});

test('a parser that never ends is ended, and the files behind it are read', async () => {
	const { inspector, workers } = setUp();
	const asked = ['a', 'b', 'c'].map((name) => inspector.inspect(file(name), null));
	const ended = Promise.allSettled(asked.slice(0, 2));

	await vi.advanceTimersByTimeAsync(15_000);

	expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	expect(workers[0]?.isOver).toBe(true);
	expect(workers[1]?.questions.map(({ file: { name } }) => name)).toEqual(['c']);
});

test('who closes it hears no more of what was asked', async () => {
	const { inspector } = setUp();
	const asked = ['a', 'b', 'c'].map((name) => inspector.inspect(file(name), null));
	const ended = Promise.allSettled(asked);

	inspector.close();

	expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('a picture is found by folder and album, or by folder alone', () => {
	expect(coverKey('Music/One/a.mp3', 'One')).toBe('Music/One\nOne');
	expect(coverKey('Music/One/a.mp3', null)).toBe('Music/One\n');
	expect(coverKey(null, 'One')).toBe('\nOne');
});
