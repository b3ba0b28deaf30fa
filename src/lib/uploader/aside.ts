/** Where the scripts of workers are, and nothing else. */
const SCOPE = '/_app/immutable/workers/';
/** An upload begins without it rather than later. */
const PATIENCE_MS = 1_000;

/**
 * Keeps the portal's service worker out of uploads. A browser hands what a worker asks for to the service worker in
 * whose scope the worker's script lies, every byte of it; the static routes that spare a page this do not hold for
 * workers (Chromium 156). So their scripts have a scope of their own, and its service worker hears nothing.
 *
 * Resolves when it is there, or when there is none to be had.
 */
export async function standAside(
	container: ServiceWorkerContainer | undefined = navigator.serviceWorker
): Promise<void> {
	const patience = Promise.withResolvers<void>();
	const timer = setTimeout(patience.resolve, PATIENCE_MS);
	try {
		await Promise.race([patience.promise, activated(container)]);
	} catch {
		// Over plain http, behind a certificate that nobody vouches for, or switched off: uploads go all the same.
	} finally {
		clearTimeout(timer);
	}
}

async function activated(container: ServiceWorkerContainer | undefined): Promise<void> {
	const registration = await container?.register('/aside.js', { scope: SCOPE });
	const worker = registration?.installing ?? registration?.waiting;
	if (!worker || registration?.active) return;
	await new Promise<void>((resolve) => {
		worker.addEventListener('statechange', () => {
			if (worker.state === 'activated' || worker.state === 'redundant') resolve();
		});
	});
}
