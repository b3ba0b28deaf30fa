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

function ofNavigator(): NetworkInformation | null {
	return (navigator as Navigator & { connection?: NetworkInformation }).connection ?? null;
}
