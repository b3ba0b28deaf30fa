import * as v from 'valibot';
import { Problem } from '#contracts/problem';

/** The JSON body, checked. @throws Problem bad_request */
export async function readBody<Schema extends v.GenericSchema>(
	request: Request,
	schema: Schema
): Promise<v.InferOutput<Schema>> {
	let json: unknown;
	try {
		json = await request.json();
	} catch (cause) {
		throw new Problem('bad_request', { cause });
	}
	const { success, output } = v.safeParse(schema, json);
	if (!success) throw new Problem('bad_request');
	return output;
}
