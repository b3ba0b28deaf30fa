/** A portal that does not answer so soon is asked as if it spoke the least. */
const PATIENCE_MS = 3_000;
/** Costs the server nothing, and no worker stands before it. */
const ASKED = '/healthz?protocol';

/**
 * What carries requests to the portal, by its ALPN name: `h3`, `h2`, `http/1.1`; '' when nobody says. A page that came
 * through a service worker does not know how it came: then one request is made as uploads are, and looked at.
 */
export async function protocolOf(origin: string): Promise<string> {
	const [navigation] = performance.getEntriesByType('navigation');
	const told = navigation instanceof PerformanceNavigationTiming ? navigation.nextHopProtocol : '';
	if (told !== '') return told;
	const url = new URL(ASKED, origin).href;
	const { promise, resolve } = Promise.withResolvers<string>();
	const observer = new PerformanceObserver((list) => {
		const [entry] = list.getEntriesByName(url);
		if (entry instanceof PerformanceResourceTiming) resolve(entry.nextHopProtocol);
	});
	observer.observe({ type: 'resource' });
	const timer = setTimeout(() => resolve(''), PATIENCE_MS);
	// What is not read to its end is never measured.
	fetch(url, { credentials: 'omit', cache: 'no-store' })
		.then((answer) => answer.arrayBuffer())
		.catch(() => resolve(''));
	const protocol = await promise;
	clearTimeout(timer);
	observer.disconnect();
	return protocol;
}
