import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';
import { words } from './words/plugin.ts';

const ours = fileURLToPath(new URL('./server/', import.meta.url));

const route = (file: string) => fileURLToPath(new URL(`./src/routes/${file}`, import.meta.url));
/** Kit asks for the layout and the error page on every first visit; most visits begin at home. */
const BEGINNINGS = ['+layout.svelte', '+error.svelte', '+page.svelte'].map(route);

/** Kit guards only `src/lib/server`: a page that imports our server by value would build, and carry it to the visitor. */
const serverStaysOut: Plugin = {
	name: 'segue:server-stays-out',
	apply: 'build', // tests and dev may load it
	load(id) {
		if (id.startsWith(ours)) this.error(`${id}: pages reach the server by locals.portal`);
	}
};

interface IconData {
	name: string;
	/** Elements and their attributes, in a box of 24 by 24. */
	node: [tag: string, attributes: Record<string, string>][];
}

/** Lucide's component works each icon out anew wherever it stands, which was a sixth of a page of rows: ours is written once, here. */
const stillIcons: Plugin = {
	name: 'segue:still-icons',
	enforce: 'pre',
	async load(id) {
		if (!/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/.test(id)) return null;
		const data = /^const iconData = (.*);$/m.exec(await readFile(id, 'utf8'))?.[1];
		if (!data) this.error(`${id} holds no icon as this plugin knows them`);
		const { name, node } = JSON.parse(data) as IconData;
		const shapes = node.map(([tag, attributes]) => {
			const all = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
			return `<${tag} ${all.join(' ')} />`;
		});
		return `<script>const { ...props } = $props();</script>
			<svg
				class="lucide-icon lucide-${name}" width="24" height="24" viewBox="0 0 24 24"
				fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"
				aria-hidden={props['aria-label'] ? undefined : 'true'} {...props}
			>${shapes.join('')}</svg>`;
	}
};

interface ModuleGraph {
	getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** What a visit begins with comes in two files, not in fifty: one that a deploy leaves as it is, and ours. */
const shellTogether: Plugin = {
	name: 'segue:shell-together',
	apply: 'build',
	config: () => ({
		environments: {
			client: {
				build: {
					rolldownOptions: {
						output: {
							codeSplitting: { groups: [{ name: shellOf() }] }
						}
					}
				}
			}
		}
	})
};

/** In which of the two a module is; null for what only some pages need, and for words, which wait for their language. */
function shellOf() {
	let reached: Set<string> | null = null;
	const reach = (id: string, graph: ModuleGraph, into: Set<string>) => {
		if (into.has(id)) return;
		into.add(id);
		for (const next of graph.getModuleInfo(id)?.importedIds ?? []) reach(next, graph, into);
	};
	return (id: string, graph: ModuleGraph) => {
		if (!reached) {
			reached = new Set();
			for (const page of BEGINNINGS) reach(page, graph, reached);
		}
		if (!reached.has(id) || BEGINNINGS.includes(id)) return null;
		return id.includes('/node_modules/') ? 'ground' : 'shell';
	};
}

export default defineConfig({
	plugins: [stillIcons, words(), sveltekit(), serverStaysOut, shellTogether]
});
