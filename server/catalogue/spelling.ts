import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Shorter words have too many neighbours to guess. */
const MIN_LENGTH = 4;
const MAX_LENGTH = 24;
/** From here on two letters may be wrong. */
const LONG = 8;
/** Of a longer word only the beginning is damaged: that bounds what one word costs. */
const HEAD = 8;
/** So many words are looked at, and so many taken. */
const MOST_NEAR = 200;
const MOST_MEANT = 6;

/**
 * Words that are one slip of the finger from another: a letter left out, added, changed, or two exchanged. Each word
 * is kept under all forms with one letter left out (Garbe's symmetric deletes), so a slip is a few steps into an index.
 */
export class Spelling {
	readonly #db: Kysely<Database>;

	constructor(db: Kysely<Database>) {
		this.#db = db;
	}

	async learn(words: Iterable<string>): Promise<void> {
		const known = [...words].filter(mayBeMisspelt);
		if (known.length === 0) return;
		const fresh = await sql<{ word: string }>`
			select value as word from json_each(${JSON.stringify(known)})
			where not exists (
				select 1 from spelling where damaged = substr(value, 1, ${sql.lit(HEAD)}) and word = value)
		`.execute(this.#db);
		const forms = fresh.rows.flatMap(({ word }) => damaged(word).map((form) => [form, word]));
		if (forms.length === 0) return;
		await sql`
			insert into spelling (damaged, word)
			select value ->> 0, value ->> 1 from json_each(${JSON.stringify(forms)}) where true
			on conflict do nothing
		`.execute(this.#db);
	}

	/** Words that this one may stand for, the nearest first. @param isUnfinished when it is still being typed */
	async meant(typed: string, { isUnfinished }: { isUnfinished: boolean }): Promise<string[]> {
		if (!mayBeMisspelt(typed)) return [];
		const { rows } = await sql<{ word: string }>`
			select distinct word from spelling
			where damaged in (select value from json_each(${JSON.stringify(damaged(typed))}))
			limit ${sql.lit(MOST_NEAR)}
		`.execute(this.#db);
		const most = typed.length >= LONG ? 2 : 1;
		return rows
			.map(({ word }) => ({ word, slips: slipsTo(typed, word, isUnfinished) }))
			.filter(({ word, slips }) => slips <= most && word !== typed)
			.sort((a, b) => a.slips - b.slips || a.word.length - b.word.length)
			.slice(0, MOST_MEANT)
			.map(({ word }) => word);
	}
}

function mayBeMisspelt(word: string): boolean {
	return word.length >= MIN_LENGTH && word.length <= MAX_LENGTH && !/\d/.test(word);
}

/** The head of a word, and each form of it with one letter left out. */
export function damaged(word: string): string[] {
	const head = word.slice(0, HEAD);
	return [...new Set([head, ...Array.from(head, (_, n) => head.slice(0, n) + head.slice(n + 1))])];
}

function slipsTo(typed: string, word: string, isUnfinished: boolean): number {
	const whole = slips(typed, word);
	if (!isUnfinished || word.length <= typed.length) return whole;
	return Math.min(
		whole,
		...[-1, 0, 1].map((more) => slips(typed, word.slice(0, typed.length + more)))
	);
}

/** How many letters were left out, added, changed or exchanged with their neighbour (optimal string alignment). */
export function slips(a: string, b: string): number {
	let twoAbove: number[] = [];
	let above = Array.from({ length: b.length + 1 }, (_, n) => n);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
				least = Math.min(least, (twoAbove[j - 2] ?? 0) + 1);
			}
			row.push(least);
		}
		twoAbove = above;
		above = row;
	}
	return above[b.length] ?? 0;
}
