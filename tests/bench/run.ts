import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench, Settings } from './bench.ts';
import * as catalogue from './catalogue.ts';
import * as far from './far.ts';
import * as files from './files.ts';
import * as imports from './imports.ts';
import * as ingest from './ingest.ts';
import * as journal from './journal.ts';
import { machine } from './machine.ts';
import * as memory from './memory.ts';
import * as navigation from './navigation.ts';
import * as stream from './stream-while-uploading.ts';
import * as pacing from './pacing.ts';
import * as pages from './pages.ts';
import * as streaming from './streaming.ts';
import { table } from './table.ts';

const BENCHES: readonly Bench[] = [
	files,
	imports,
	ingest,
	journal,
	memory,
	navigation,
	stream,
	pacing,
	far,
	catalogue,
	pages,
	streaming
];

/** What a person typed makes no sense; it needs no stack. */
class Misuse extends Error {}

// Whoever started this ends what it started and removes its files; a browser ends with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => process.exit(1));
}

try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof Misuse ? error.message : error);
	process.exitCode = 1;
}

async function main(args: readonly string[]) {
	const name = args.find((arg) => !arg.startsWith('-'));
	if (name === undefined) return list();
	const bench = BENCHES.find((one) => one.name === name);
	if (!bench) throw new Misuse(`There is no benchmark "${name}": npm run bench lists them.`);
	const { settings, switches, isJson, chart } = read(bench, args);

	const rows = await bench.run({ settings, switches, say: (line) => console.error(line) });

	if (chart !== null && bench.chart) await writeFile(chart, bench.chart(rows));

	if (isJson) {
		const asked = { settings, switches: [...switches] };
		console.log(JSON.stringify({ bench: name, ...asked, rows, machine: machine() }, null, '\t'));
		return;
	}
	console.log(`\n${table(rows)}\n`);
	for (const [what, value] of Object.entries(machine())) console.log(`${what}: ${value}`);
}

function list() {
	const width = Math.max(...BENCHES.map((bench) => bench.name.length));
	console.log('npm run bench -- NAME [--json]\n');
	for (const { name, description, settings, switches = {}, chart } of BENCHES) {
		const asked = [
			...Object.entries(settings).map(([key, value]) => `[--${key} ${value.join(',')}]`),
			...Object.keys(switches).map((key) => `[--${key}]`),
			...(chart ? ['[--chart FILE.svg]'] : [])
		];
		console.log(`  ${name.padEnd(width)}  ${description}. ${asked.join(' ')}`);
	}
}

interface Asked {
	settings: Settings;
	switches: ReadonlySet<string>;
	isJson: boolean;
	/** Where to draw. */
	chart: string | null;
}

function read(bench: Bench, args: readonly string[]): Asked {
	const given = parse(args, bench);
	const on = Object.entries(bench.switches ?? {}).filter(([name]) => given[name] === true);
	const otherwise = Object.assign({}, bench.settings, ...on.map(([, settings]) => settings));
	const settings = Object.entries<readonly number[]>(otherwise).map(([name, values]) => {
		const value = given[name];
		return [name, typeof value === 'string' ? numbers(name, value) : values] as const;
	});
	return {
		settings: Object.fromEntries(settings),
		switches: new Set(on.map(([name]) => name)),
		isJson: given['json'] === true,
		chart: typeof given['chart'] === 'string' ? given['chart'] : null
	};
}

function parse(args: readonly string[], bench: Bench): Record<string, unknown> {
	const strings = [...Object.keys(bench.settings), ...(bench.chart ? ['chart'] : [])];
	const booleans = [...Object.keys(bench.switches ?? {}), 'json'];
	const options = Object.fromEntries([
		...strings.map((name) => [name, { type: 'string' as const }] as const),
		...booleans.map((name) => [name, { type: 'boolean' as const }] as const)
	]);
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true }).values;
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
}

function numbers(name: string, text: string): number[] {
	const values = text.split(',').map(Number);
	if (!values.every((value) => Number.isFinite(value) && value > 0)) {
		throw new Misuse(`--${name} takes numbers above zero, with commas between them.`);
	}
	return values;
}
