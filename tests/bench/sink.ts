import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

/*
 * What we are measured against, in a process of its own as ours is: a plain tus server, and one that writes what it
 * is sent to the disk and nothing more. Its one argument is the folder.
 */

const [, , directory = ''] = process.argv;

const tus = new Server({
	path: '/files/tus',
	datastore: new FileStore({ directory }),
	// Behind an edge it would otherwise send an https page to http.
	respectForwardedHeaders: true
});
const page = new URL('contenders.html', import.meta.url);
const library = createRequire(import.meta.url).resolve('tus-js-client/dist/tus.min.js');
let written = 0;

const server = createServer((request, response) => {
	answer(request, response).catch((error: unknown) => {
		console.error(error);
		response.writeHead(500).end();
	});
});

async function answer(request: IncomingMessage, response: ServerResponse) {
	const { pathname } = new URL(request.url ?? '', 'http://sink');
	if (pathname.startsWith('/files/tus')) return tus.handle(request, response);
	if (pathname === '/files/bare') {
		written += 1;
		await pipeline(request, createWriteStream(path.join(directory, `bare-${written}`)));
		response.writeHead(204).end();
		return;
	}
	if (pathname === '/tus.js') {
		response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(await readFile(library));
		return;
	}
	response.writeHead(200, { 'Content-Type': 'text/html' }).end(await readFile(page));
}

server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	if (typeof address === 'object' && address) process.send?.(address.port);
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
