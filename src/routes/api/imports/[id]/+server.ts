import { ChangeImport } from '#contracts/import';
import { Problem } from '#contracts/problem';
import { readBody } from '../../body.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(await portal.imports.get(person, params.id));
};

export const PATCH: RequestHandler = async ({ params, request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	await portal.imports.change(person, params.id, await readBody(request, ChangeImport));
	return Response.json(await portal.imports.get(person, params.id));
};
