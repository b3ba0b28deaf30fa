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
	plugins: [words(), sveltekit(), serverStaysOut, shellTogether]
});
