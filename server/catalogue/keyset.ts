import { sql, type RawBuilder } from 'kysely';
import { cursorOf, placeOf } from './cursor.ts';

/** What a list is sorted by, all one way; the last column tells all apart. An index has the same columns. */
export interface Order {
	columns: Readonly<Record<string, 'number' | 'string'>>;
	isDescending: boolean;
}

/** What comes after the place that a cursor names. */
export function beyond(order: Order, cursor: string | null): RawBuilder<unknown> {
	const shape = Object.values(order.columns);
	const place = placeOf<(string | number)[]>(cursor, shape);
	if (!place) return sql`true`;
	const columns = sql.join(Object.keys(order.columns).map((name) => sql.ref(name)));
	const values = sql.join(place.map((value) => sql`${value}`));
	return sql`(${columns}) ${sql.raw(order.isDescending ? '<' : '>')} (${values})`;
}

export function ordered(order: Order, table?: string): RawBuilder<unknown> {
	const way = sql.raw(order.isDescending ? 'desc' : 'asc');
	return sql.join(
		Object.keys(order.columns).map((name) => {
			const column = sql.ref(table === undefined ? name : `${table}.${name}`);
			return sql`${column} ${way}`;
		})
	);
}

/** @param rows one more than the page has, when there is another page */
export function pageOf<Row extends object>(
	rows: readonly Row[],
	order: Order,
	{ limit }: { limit: number }
): { items: Row[]; next: string | null } {
	const items = rows.slice(0, limit);
	const last = items.at(-1);
	if (rows.length <= limit || !last) return { items, next: null };
	const place = Object.keys(order.columns).map((name) => last[name as keyof Row]);
	return { items, next: cursorOf(place as (string | number)[]) };
}
