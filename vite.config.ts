import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';
import { words } from './words/plugin.ts';

const ours = fileURLToPath(new URL('./server/', import.meta.url));

/** Kit guards only `src/lib/server`: a page that imports our server by value would build, and carry it to the visitor. */
const serverStaysOut: Plugin = {
	name: 'segue:server-stays-out',
	apply: 'build', // tests and dev may load it
	load(id) {
		if (id.startsWith(ours)) this.error(`${id}: pages reach the server by locals.portal`);
	}
};

export default defineConfig({ plugins: [words(), sveltekit(), serverStaysOut] });
