/** The part of the Network Information API that is used here; not every browser has it. */
interface NetworkInformation extends EventTarget {
	readonly saveData?: boolean;
	readonly type?: string;
}

/**
 * Says whether bytes cost something here, now and whenever that changes; where the browser does not know, they do not.
 * @see https://wicg.github.io/netinfo/
 */
export function watchMetered(
	told: (isMetered: boolean) => void,
	{
		signal,
		connection = ofNavigator()
	}: { signal: AbortSignal; connection?: NetworkInformation | null }
) {
	if (!connection) return;
	const tell = () => told(connection.saveData === true || connection.type === 'cellular');
	connection.addEventListener('change', tell, { signal });
	tell();
}

/**
 * Says when this is another network, as far as a browser tells: one that goes from Wi-Fi to a phone's network without a
 * gap is never offline.
 */
export function watchNetwork(
	changed: () => void,
	{
		signal,
		page = globalThis,
		connection = ofNavigator()
	}: {
		signal: AbortSignal;
		page?: Pick<EventTarget, 'addEventListener'>;
		connection?: NetworkInformation | null;
	}
) {
	page.addEventListener('online', changed, { signal });
	let type = connection?.type;
	// It also tells of every new guess of how fast it is.
	const look = () => {
		if (connection?.type === type) return;
		type = connection?.type;
		changed();
	};
	connection?.addEventListener('change', look, { signal });
}

function ofNavigator(): NetworkInformation | null {
	return (navigator as Navigator & { connection?: NetworkInformation }).connection ?? null;
}
