import { ImportOrder, type StartedImport } from '#contracts/import';
import { problemBody, Problem, STATUS } from '#contracts/problem';
import { readBody } from '../body.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	const order = await readBody(request, ImportOrder);
	const { isRunningAlready, ...started } = await portal.imports.order(person, order);
	if (isRunningAlready) {
		// 409 says which one is running; `handle` leaves it as it is.
		const body = { ...problemBody('import_running', locals.requestId), ...started };
		locals.answered = true;
		return Response.json(body, {
			status: STATUS.import_running,
			headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' }
		});
	}
	return Response.json(started satisfies StartedImport, {
		status: 202,
		headers: { Location: started.url }
	});
};

export const GET: RequestHandler = async ({ locals }) => {
	const { person, portal } = locals;
	if (!person) throw new Problem('unauthorized');
	return Response.json(await portal.imports.list(person));
};
