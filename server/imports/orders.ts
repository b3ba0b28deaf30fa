import { createHash } from 'node:crypto';
import type { ImportOrder } from '#contracts/import';
import type { StoredImport } from '../catalogue/imports.ts';
import type { Secrets } from './secrets.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** Takes what is secret out of an order, and seals it. */
export async function sealed(order: ImportOrder, source: Source, secrets: Secrets) {
	const names = source.secrets ?? [];
	const isSecret = ([name]: [string, unknown]) => names.includes(name);
	const entries = Object.entries(order);
	const secret = Object.fromEntries(entries.filter(isSecret));
	return {
		body: JSON.stringify(Object.fromEntries(entries.filter((entry) => !isSecret(entry)))),
		secret: names.length > 0 ? await secrets.seal(JSON.stringify(secret)) : null
	};
}

/** The order as it was given. @throws SourceError password_needed when its secret was forgotten */
export async function unsealed(
	row: StoredImport,
	source: Source,
	secrets: Secrets
): Promise<ImportOrder> {
	const order = JSON.parse(row.body) as ImportOrder;
	if (!source.secrets?.length) return order;
	const opened = row.secret === null ? null : await secrets.open(row.secret);
	if (opened === null) throw new SourceError('password_needed', 'source');
	return { ...order, ...(JSON.parse(opened) as object) } as ImportOrder;
}

/** The same for two orders of the same place. */
export function placeOf(order: ImportOrder, source: Source): string {
	return createHash('sha256')
		.update(`${order.source}\n${source.place(order as never)}`)
		.digest('hex')
		.slice(0, 24);
}
