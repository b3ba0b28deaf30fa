import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPortal, type Client, type TestPortal } from '../support/portal.ts';
import { runSegue } from '../support/segue.ts';

let portal: TestPortal;
let close: () => Promise<void>;

beforeAll(async () => {
	({ portal, close } = await startPortal({ OWNER_EMAIL: '', OWNER_PASSWORD: '' }));
});
afterAll(() => close());

const form = (client: Client, path: string, fields: Record<string, string>) =>
	client.fetch(path, {
		method: 'POST',
		redirect: 'manual',
		headers: { Accept: 'text/html', Origin: portal.origin, 'X-Forwarded-Proto': 'http' },
		body: new URLSearchParams(fields)
	});
const letsIn = ({ headers }: Response) => headers.getSetCookie().length > 0;
const founder = { name: 'Ada', email: 'ada@portal.test', password: 'a-long-enough-one' };

test('the first start prints a link, and the link makes exactly one owner', async () => {
	const { pathname, search } = new URL(portal.setupUrl ?? '');

	const answers = await Promise.all(
		Array.from({ length: 5 }, (_, at) =>
			form(portal.visitor, pathname + search, { ...founder, email: `ada${at}@portal.test` })
		)
	);

	expect(answers.filter(letsIn)).toHaveLength(1);
	expect(letsIn(await form(portal.visitor, pathname + search, founder))).toBe(false);
	expect(new URL(portal.setupUrl ?? '').origin).toBe('https://localhost:8443');
});

test('a link that nobody printed opens nothing', async () => {
	const response = await form(portal.visitor, '/setup?token=guess', founder);

	expect(letsIn(response)).toBe(false);
});

test('once there is an owner no link is printed', async () => {
	await portal.stop();
	await portal.start();

	expect(portal.setupUrl).toBeNull();
});

test('a token of the command line stands for its person', async () => {
	const env = { DATA_DIR: portal.dataDir };
	await runSegue(['user', 'add', '--email', 'bea@portal.test', '--role', 'listener'], env);
	const token = await runSegue(['token', 'create', '--email', 'bea@portal.test'], env);

	const response = await portal.visitor.fetch('/api/uploads', {
		headers: { Authorization: `Bearer ${token.trim()}` }
	});

	expect(token).toMatch(/^sg_[\w-]{43}\n$/);
	expect(response.status).toBe(200);
});

test('a listener uploads nothing', async () => {
	const token = await runSegue(['token', 'create', '--email', 'bea@portal.test'], {
		DATA_DIR: portal.dataDir
	});

	const response = await portal.visitor.fetch('/api/uploads', {
		method: 'POST',
		headers: { Authorization: `Bearer ${token.trim()}`, 'Content-Type': 'application/json' },
		body: JSON.stringify({ files: [{ key: 'a', name: 'a.mp3', size: 1 }] })
	});

	expect(response.status).toBe(403);
});

test('people choose another name and another password for themselves', async () => {
	const env = { DATA_DIR: portal.dataDir };
	const email = 'cleo@portal.test';
	const add = ['user', 'add', '--email', email, '--role', 'listener'];
	const password = /\S+$/.exec((await runSegue(add, env)).trim())?.[0] ?? '';
	const chosen = 'of-her-own-choosing';
	const here = await portal.signIn({ email, password });
	const elsewhere = await portal.signIn({ email, password });
	const send = async (client: Client, method: string, path: string, body: unknown) =>
		client.fetch(path, {
			method,
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body)
		});
	const change = async (client: Client, given: unknown) =>
		(await send(client, 'PUT', '/api/account/password', given)).status;

	expect((await send(here, 'PATCH', '/api/account', { name: ' Cleo ' })).status).toBe(204);
	expect((await send(here, 'PATCH', '/api/account', { name: ' ' })).status).toBe(400);
	expect(await change(here, { password: 'a-wrong-one', chosen })).toBe(403);
	expect(await change(here, { password, chosen: 'short' })).toBe(400);
	expect(await change(portal.visitor, { password, chosen })).toBe(401);
	expect(await change(here, { password, chosen })).toBe(204);

	expect(await (await here.fetch('/account')).text()).toContain('value="Cleo"');
	expect((await elsewhere.fetch('/api/likes?ids=')).status).toBe(401);
	await expect(portal.signIn({ email, password })).rejects.toThrow('401');
	await portal.signIn({ email, password: chosen });
});

test('guessing a password is stopped after a few tries', async () => {
	const tries = [];
	for (let at = 0; at < 12; at++) {
		const guess = { email: 'bea@portal.test', password: `guess number ${at}` };
		tries.push((await portal.visitor.post('/api/session', guess)).status);
	}

	expect(tries.slice(0, 10)).toEqual(Array(10).fill(401));
	expect(tries.at(-1)).toBe(429);
});
