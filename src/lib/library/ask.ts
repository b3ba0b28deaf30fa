import { problemIn } from '#contracts/problem';

/** Asks the portal. @throws Problem, or the network's own error */
export async function ask(
	fetching: typeof fetch,
	method: string,
	url: string,
	body?: unknown
): Promise<Response> {
	const response = await fetching(url, {
		method,
		...(body !== undefined && {
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body)
		})
	});
	if (!response.ok) throw await problemIn(response);
	return response;
}
