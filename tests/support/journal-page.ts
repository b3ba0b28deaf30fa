import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const UPLOADER = fileURLToPath(new URL('../../src/lib/uploader/', import.meta.url));

/** A page that has nothing but the uploader's journal, as `/journal.js`: `BrowserJournal`, `newEntry`, `toRecord`. */
export async function startJournalPage() {
	const script = await bundle();
	const server = createServer(({ url }, response) => {
		const isScript = url === '/journal.js';
		response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
		response.end(isScript ? script : '<!doctype html><title>Journal</title>');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (typeof address !== 'object' || !address) throw new Error('no port');
	return { url: `http://localhost:${address.port}/`, close: () => void server.close() };
}

async function bundle(): Promise<Buffer> {
	const folder = await mkdtemp(path.join(tmpdir(), 'segue-journal-'));
	try {
		const entry = path.join(folder, 'entry.ts');
		const parts = { BrowserJournal: 'browser-journal.ts', 'newEntry, toRecord': 'entry.ts' };
		await writeFile(
			entry,
			Object.entries(parts)
				.map(([names, file]) => `export { ${names} } from ${JSON.stringify(UPLOADER + file)};`)
				.join('\n')
		);
		await build({
			configFile: false,
			root: folder,
			logLevel: 'error',
			build: {
				outDir: path.join(folder, 'out'),
				lib: { entry, formats: ['es'], fileName: () => 'journal.js' }
			}
		});
		return await readFile(path.join(folder, 'out', 'journal.js'));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
