import { parseArgs } from 'node:util';
import type { Bench, Settings } from './bench.ts';
import * as files from './files.ts';
import * as journal from './journal.ts';
import { machine } from './machine.ts';
import * as memory from './memory.ts';
import { table } from './table.ts';

const BENCHES: readonly Bench[] = [files, journal, memory];

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
	const { settings, isJson } = read(bench, args);

	const rows = await bench.run({ settings, say: (line) => console.error(line) });

	if (isJson) {
		console.log(JSON.stringify({ bench: name, settings, rows, machine: machine() }, null, '\t'));
		return;
	}
	console.log(`\n${table(rows)}\n`);
	for (const [what, value] of Object.entries(machine())) console.log(`${what}: ${value}`);
}

function list() {
	const width = Math.max(...BENCHES.map((bench) => bench.name.length));
	console.log('npm run bench -- NAME [--json]\n');
	for (const { name, description, settings } of BENCHES) {
		const asked = Object.entries(settings).map(([key, value]) => `[--${key} ${value.join(',')}]`);
		console.log(`  ${name.padEnd(width)}  ${description}. ${asked.join(' ')}`);
	}
}

function read(bench: Bench, args: readonly string[]): { settings: Settings; isJson: boolean } {
	const names = Object.keys(bench.settings);
	const given = parse(args, names);
	const settings = Object.entries(bench.settings).map(([name, otherwise]) => {
		const value = given[name];
		return [name, typeof value === 'string' ? numbers(name, value) : otherwise] as const;
	});
	return { settings: Object.fromEntries(settings), isJson: given['json'] === true };
}

function parse(args: readonly string[], names: readonly string[]): Record<string, unknown> {
	const strings = names.map((name) => [name, { type: 'string' as const }]);
	const options = { ...Object.fromEntries(strings), json: { type: 'boolean' as const } };
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
