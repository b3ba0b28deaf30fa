import type { Row } from './bench.ts';

/** One line for each figure, one column for each row: there are more figures than fit beside each other. */
export function table(rows: readonly Row[]): string {
	const figures = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const lines = figures.map((figure) => [figure, ...rows.map((row) => shown(row[figure] ?? null))]);
	const columns = rows.length + 1;
	const widths = Array.from({ length: columns }, (_, at) =>
		Math.max(...lines.map((line) => line[at]?.length ?? 0))
	);
	return lines
		.map(([figure = '', ...values]) =>
			[
				figure.padEnd(widths[0] ?? 0),
				...values.map((value, at) => value.padStart(widths[at + 1] ?? 0))
			].join('  ')
		)
		.join('\n');
}

function shown(value: number | string | null): string {
	if (value === null) return '–';
	if (typeof value === 'string') return value;
	if (Number.isInteger(value) || Math.abs(value) >= 1000)
		return Math.round(value).toLocaleString('en');
	return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
