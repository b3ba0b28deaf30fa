import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import adapter from '@sveltejs/adapter-node';

const root = fileURLToPath(new URL('.', import.meta.url));

/** What open tabs compare to see that there is a newer portal. */
function version() {
	const released = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version;
	if (!existsSync(`${root}.git`)) return released;
	try {
		const git = ['-C', root, 'rev-parse', '--short=12', 'HEAD'];
		return execFileSync('git', git, {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore']
		}).trim();
	} catch {
		return released; // no git here, or no commit yet
	}
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	kit: {
		// The set-up builds beside what is running and moves it into place when it is whole.
		adapter: adapter({ out: process.env.BUILD_DIR ?? 'build' }),
		csp: {
			mode: 'nonce',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				'style-src': ['self'],
				// Accents and progress are written into style attributes, which no nonce can cover.
				'style-src-attr': ['unsafe-inline'],
				'font-src': ['self'],
				'connect-src': ['self'],
				'worker-src': ['self', 'blob:'],
				'media-src': ['self', 'blob:'],
				'img-src': ['self', 'blob:', 'data:'],
				'object-src': ['none'],
				'base-uri': ['self'],
				'form-action': ['self'],
				// Others frame what is made for it, below /embed, and nothing else.
				'frame-ancestors': ['self'],
				'manifest-src': ['self']
			}
		},
		version: { name: version(), pollInterval: 5 * 60_000 }
	}
};
