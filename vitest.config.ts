import { availableParallelism } from 'node:os';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

/** These start servers, browsers and encoders: so many files at a time, or two cores measure each other. */
const whole = (name: string, timeout: number, files = 1, setupFiles: string[] = []) => ({
	test: {
		name,
		setupFiles,
		include: [`tests/${name}/**/*.test.ts`],
		environment: 'node' as const,
		fileParallelism: files > 1,
		maxWorkers: files,
		testTimeout: timeout,
		hookTimeout: 2 * timeout
	}
});

export default defineConfig({
	test: {
		projects: [
			{
				plugins: [sveltekit()],
				test: {
					name: 'unit',
					// Some draw and calculate, and others use the machine at the same time.
					testTimeout: MINUTE_MS / 2,
					include: [
						'src/**/*.test.ts',
						'server/**/*.test.ts',
						'cli/**/*.test.{ts,js}',
						'words/**/*.test.ts'
					],
					// By itself it would leave one of two cores to nobody.
					maxWorkers: Math.max(2, availableParallelism() - 1),
					// A worker for each of 150 files is half of their time. What one of them stubs ends with its test.
					isolate: false,
					unstubGlobals: true,
					environment: 'node'
				}
			},
			// These wait more than they work.
			whole('server', MINUTE_MS, 3),
			whole('faults', MINUTE_MS, 2),
			whole('corpus', MINUTE_MS),
			whole('e2e', 2 * MINUTE_MS, 2, ['tests/support/evidence.ts'])
		]
	}
});
