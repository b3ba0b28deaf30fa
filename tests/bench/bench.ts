/** What was measured, one line of words for each figure, its unit among them. Null: it could not be measured. */
export type Row = Record<string, number | string | null>;

export type Settings = Readonly<Record<string, readonly number[]>>;

/** One benchmark; each of its files exports these. */
export interface Bench {
	name: string;
	/** One line, for the list. */
	description: string;
	/** What may be asked for by `--name 1,2,3`, and what is taken otherwise. */
	settings: Settings;
	/** What may be asked for by `--name` alone, and the settings that it stands for. */
	switches?: Readonly<Record<string, Settings>>;
	run(options: BenchOptions): Promise<Row[]>;
	/** A picture of the rows as SVG, for `--chart FILE.svg`. */
	chart?(rows: readonly Row[]): string;
}

export interface BenchOptions {
	settings: Settings;
	switches: ReadonlySet<string>;
	/** What is under way, for a person who waits. */
	say: (line: string) => void;
}

/** Null of nothing. */
export function median(values: readonly number[]): number | null {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const upper = sorted[Math.floor(middle)];
	const lower = sorted[Math.ceil(middle) - 1];
	return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** So many of a hundred are no greater (nearest rank). Null of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

/** Of what could be measured. */
export function known(values: readonly (number | null)[]): number[] {
	return values.filter((value) => value !== null);
}

export function most(values: readonly (number | null)[]): number | null {
	const all = known(values);
	return all.length === 0 ? null : Math.max(...all);
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
