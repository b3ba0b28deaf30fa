import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unlessGone } from './pages.ts';

let folder: string;
let origin: string;
const server = createServer();

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'segue-client-'));
	await mkdir(path.join(folder, '_app/immutable/chunks'), { recursive: true });
	await writeFile(path.join(folder, '_app/immutable/chunks/here.js'), '');
	server.on(
		'request',
		unlessGone(folder, (_request, response) => response.end('the page’s own handler'))
	);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (typeof address === 'object' && address) origin = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
	server.close();
	await rm(folder, { recursive: true, force: true });
});

test.each([
	['/_app/immutable/chunks/here.js', 200],
	['/_app/immutable/chunks/gone.js', 404],
	['/_app/immutable/chunks/gone.js?x', 404],
	['/', 200],
	['/releases/_app', 200]
])('%s is answered by %i', async (url, status) => {
	expect((await fetch(origin + url)).status).toBe(status);
});
