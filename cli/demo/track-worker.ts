import { rename } from 'node:fs/promises';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { compose, type Commission } from './composer.ts';
import { encode, FORMATS, type FormatName } from './encoder.ts';
import { perform } from './synth.ts';

/** One file to make. */
export interface TrackOrder {
	commission: Commission;
	format: FormatName;
	tags: Record<string, string>;
	cover: string | null;
	file: string;
}

/** What comes back: null, or what went wrong. */
export type TrackAnswer = { error: string | null };

if (!parentPort) throw new Error('this is a worker');
const port = parentPort;
port.on('message', (order: TrackOrder) => {
	make(order).then(
		() => port.postMessage({ error: null } satisfies TrackAnswer),
		(error: unknown) => {
			const words = error instanceof Error ? error.message : String(error);
			port.postMessage({ error: words } satisfies TrackAnswer);
		}
	);
});

async function make({ commission, format, tags, cover, file }: TrackOrder) {
	const sound = perform(compose(commission), FORMATS[format].rate);
	// Under its own name only once it is whole; what begins with a dot is never uploaded.
	const unfinished = path.join(path.dirname(file), `.${path.basename(file)}`);
	await encode(sound, { format, tags, cover, file: unfinished });
	await rename(unfinished, file);
}
