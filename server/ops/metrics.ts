import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Problem } from '#contracts/problem';
import type { Jobs } from '../jobs/jobs.ts';

/** `/metrics` for Prometheus, behind METRICS_TOKEN as a bearer token; without one there is nothing here. */
export function createMetrics({
	token,
	jobs
}: {
	token: string | null;
	jobs: Pick<Jobs, 'counts'>;
}) {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	new Gauge({
		name: 'segue_jobs',
		help: 'Jobs by kind and state; dead ones wait for the owner',
		labelNames: ['kind', 'state'],
		registers: [registry],
		async collect() {
			const counts = await jobs.counts();
			this.reset();
			for (const { kind, ...states } of counts) {
				for (const [state, count] of Object.entries(states)) this.set({ kind, state }, count);
			}
		}
	});

	return {
		path: '/metrics',
		async handle(request: IncomingMessage, response: ServerResponse) {
			if (token === null || !isRight(request.headers.authorization, `Bearer ${token}`)) {
				throw new Problem('not_found');
			}
			response.writeHead(200, { 'Content-Type': registry.contentType });
			response.end(await registry.metrics());
		}
	};
}

function isRight(given: string | undefined, expected: string): boolean {
	const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
	return a.length === b.length && timingSafeEqual(a, b);
}
