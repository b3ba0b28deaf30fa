import { problemIn } from './problem.ts';

/** Asks the portal, with a body of JSON if there is one. @throws the network's own error */
export function request(
	fetching: typeof fetch,
	method: string,
	url: string,
	body?: unknown
): Promise<Response> {
	return fetching(url, {
		method,
		...(body !== undefined && {
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body)
		})
	});
}

/** The same, for whom only a success is an answer. @throws Problem, or the network's own error */
export async function ask(...asked: Parameters<typeof request>): Promise<Response> {
	const response = await request(...asked);
	if (!response.ok) throw await problemIn(response);
	return response;
}
