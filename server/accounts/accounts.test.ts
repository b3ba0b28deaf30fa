import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { catalogueInMemory } from '../catalogue/in-memory.ts';
import { createAccounts } from './accounts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ada = { name: 'Ada', email: 'ada@portal.test', password: 'a-long-enough-one' };

let catalogue: Catalogue;
let now: number;

beforeEach(async () => {
	catalogue = await catalogueInMemory();
	now = Date.UTC(2026, 10, 21);
});
afterEach(() => catalogue.close());

const open = (registration: 'invite' | 'closed' | 'open' = 'invite') =>
	createAccounts({ catalogue, registration, now: () => now });
const cookie = (token: string) => ({ cookie: `theme=dark; segue_session=${token}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a session stands for its person until it ends', async () => {
	const accounts = open();
	const person = await accounts.add({ ...ada, role: 'artist' });
	const { token } = await accounts.signIn(ada, '203.0.113.1:5000');

	expect(await accounts.person(cookie(token))).toEqual(person);
	now += 31 * DAY_MS;
	expect(await accounts.person(cookie(token))).toBeNull();
});

test('an upload token sends files and opens nothing else, and ends', async () => {
	const accounts = open();
	const person = await accounts.add({ ...ada, role: 'artist' });
	const { token } = await accounts.uploadToken(person);

	expect(await accounts.bearer(bearer(token))).toEqual(person);
	expect(await accounts.person(bearer(token))).toBeNull();
	expect(await accounts.person(cookie(token))).toBeNull();
	now += 3 * DAY_MS;
	expect(await accounts.bearer(bearer(token))).toBeNull();
});

test('a session is no upload token, and what is signed out is over', async () => {
	const accounts = open();
	await accounts.add({ ...ada, role: 'artist' });
	const { token } = await accounts.signIn(ada, '');

	expect(await accounts.bearer(bearer(token))).toBeNull();
	await accounts.signOut(token);
	expect(await accounts.person(cookie(token))).toBeNull();
});

test('another password ends what others hold, and this session and the command line go on', async () => {
	const accounts = open();
	const person = await accounts.add({ ...ada, role: 'artist' });
	const here = (await accounts.signIn(ada, '')).token;
	const elsewhere = (await accounts.signIn(ada, '')).token;
	const upload = (await accounts.uploadToken(person)).token;
	const api = await accounts.apiToken(ada.email);
	const chosen = 'another-long-one';

	await accounts.changePassword(person, { password: ada.password, chosen }, here);

	expect(await accounts.person(cookie(here))).toEqual(person);
	expect(await accounts.person(bearer(api))).toEqual(person);
	expect(await accounts.person(cookie(elsewhere))).toBeNull();
	expect(await accounts.bearer(bearer(upload))).toBeNull();
	await expect(accounts.signIn(ada, '')).rejects.toMatchObject({ code: 'wrong_credentials' });
	await accounts.signIn({ ...ada, password: chosen }, '');
});

test('nobody guesses the present password where somebody left a session open', async () => {
	const accounts = open();
	const person = await accounts.add({ ...ada, role: 'listener' });
	const { token } = await accounts.signIn(ada, '');
	const guess = (password: string) =>
		accounts
			.changePassword(person, { password, chosen: 'a-thief-chose-this' }, token)
			.catch(({ code }: { code: string }) => code);

	const said = [];
	for (let at = 0; at < 10; at++) said.push(await guess(`guess ${at}`));

	expect(said).toEqual(Array(10).fill('wrong_password'));
	expect(await guess(ada.password)).toBe('too_many_requests');
	now += 61_000;
	expect(await guess(ada.password)).toBeUndefined();
});

test('an invitation lets one person in, once, in the role it names', async () => {
	const accounts = open();
	const owner = await accounts.add({ ...ada, role: 'owner' });
	const { token } = await accounts.invite(owner, 'artist');
	const bea = { ...ada, email: 'bea@portal.test' };

	expect(await accounts.invitation(token)).toEqual({ role: 'artist' });
	expect((await accounts.join(token, bea)).person.role).toBe('artist');
	expect(await accounts.invitation(token)).toBeNull();
	await expect(accounts.join(token, { ...bea, email: 'c@portal.test' })).rejects.toMatchObject({
		code: 'link_used'
	});
});

test('an invitation that met a taken address may still be used', async () => {
	const accounts = open();
	const owner = await accounts.add({ ...ada, role: 'owner' });
	const { token } = await accounts.invite(owner, 'listener');

	await expect(accounts.join(token, ada)).rejects.toMatchObject({ code: 'email_taken' });

	expect(await accounts.invitation(token)).toEqual({ role: 'listener' });
});

test('an invitation runs out', async () => {
	const accounts = open();
	const owner = await accounts.add({ ...ada, role: 'owner' });
	const { token } = await accounts.invite(owner, 'artist');

	now += 8 * DAY_MS;

	expect(await accounts.invitation(token)).toBeNull();
});

test('only the owner invites, and nobody does where registration is closed', async () => {
	const artist = await open().add({ ...ada, role: 'artist' });
	const owner = await open().add({ ...ada, email: 'o@portal.test', role: 'owner' });

	await expect(open().invite(artist, 'listener')).rejects.toMatchObject({ code: 'forbidden' });
	await expect(open('closed').invite(owner, 'listener')).rejects.toMatchObject({
		code: 'registration_closed'
	});
});

test('where registration is open anybody becomes a listener, and elsewhere nobody does', async () => {
	await expect(open('invite').join(null, ada)).rejects.toMatchObject({
		code: 'registration_closed'
	});
	expect(await open('invite').invitation(null)).toBeNull();

	expect(await open('open').invitation(null)).toEqual({ role: 'listener' });
	expect((await open('open').join(null, ada)).person.role).toBe('listener');
});

test('the owner of the environment is made once', async () => {
	const accounts = open();
	await accounts.ensureOwner({ email: 'Owner@portal.test', password: 'correct-horse-1' });
	await accounts.ensureOwner({ email: 'other@portal.test', password: 'correct-horse-1' });

	expect((await accounts.people()).map(({ email, role }) => [email, role])).toEqual([
		['owner@portal.test', 'owner']
	]);
	expect(await accounts.firstLink()).toBeNull();
});
