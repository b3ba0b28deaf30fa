import { BlockList, isIP, isIPv4 } from 'node:net';

/** IANA's special-purpose registry: whatever is not one machine on the public net. */
const PRIVATE_V4 = [
	...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
	...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
	...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4']
];
/** Of 2000::/3, which is all there is of public IPv6. 2002::/16 is 6to4: it leads to whatever IPv4 it holds. */
const PRIVATE_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const privateAddresses = blockList([...PRIVATE_V4, ...PRIVATE_V6]);
const publicV6 = blockList(['2000::/3']);
const translated = blockList(['64:ff9b::/96']);

function blockList(ranges: readonly string[]): BlockList {
	const list = new BlockList();
	for (const range of ranges) {
		const [address = '', bits = ''] = range.split('/');
		list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
	}
	return list;
}

/** Whether it names one machine on the public net, also when it is IPv4 in the clothes of IPv6. */
export function isPublic(address: string): boolean {
	if (isIPv4(address)) return !privateAddresses.check(address, 'ipv4');
	if (isIP(address) !== 6 || address.includes('%')) return false;
	const v4 = embeddedV4(address);
	if (v4 !== null) return isPublic(v4);
	return publicV6.check(address, 'ipv6') && !privateAddresses.check(address, 'ipv6');
}

/** The IPv4 address that ::ffff:0:0/96 and 64:ff9b::/96 (NAT64) hold, or null. */
export function embeddedV4(address: string): string | null {
	const groups = groupsOf(address);
	if (!groups) return null;
	const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
	if (!isMapped && !translated.check(address, 'ipv6')) return null;
	const [high = 0, low = 0] = groups.slice(6);
	return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function groupsOf(address: string): number[] | null {
	if (isIP(address) !== 6) return null;
	// The standard's own parser writes every notation in one way.
	const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
	const parse = (part: string) =>
		part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
	const [first, last] = [parse(front), parse(back ?? '')];
	const zeros = back === undefined ? 0 : 8 - first.length - last.length;
	return [...first, ...new Array<number>(zeros).fill(0), ...last];
}

/** What the owner lets imports reach besides the public net: hosts, addresses, ranges. */
export class AllowedHosts {
	readonly #names: Set<string>;
	readonly #addresses = new BlockList();

	/** @param entries as `isAllowedEntry` takes them */
	constructor(entries: readonly string[]) {
		this.#names = new Set(entries.filter((entry) => !isRange(entry)).map(plainHost));
		for (const entry of entries) {
			const [address = '', bits] = entry.split('/');
			if (!isIP(address)) continue;
			const family = isIPv4(address) ? 'ipv4' : 'ipv6';
			this.#addresses.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
		}
	}

	hasHost(host: string): boolean {
		return this.#names.has(plainHost(host)) || this.hasAddress(plainHost(host));
	}

	hasAddress(address: string): boolean {
		const plain = embeddedV4(address) ?? address;
		if (!isIP(plain)) return false;
		return this.#addresses.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
	}
}

/** A host name, an address, or a range in CIDR notation. */
export function isAllowedEntry(entry: string): boolean {
	if (isRange(entry)) return true;
	return /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(
		entry
	);
}

function isRange(entry: string): boolean {
	const [address = '', bits, ...rest] = entry.split('/');
	const family = isIP(address);
	if (family === 0 || rest.length > 0) return false;
	return (
		bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
	);
}

/** Without brackets and the root's dot. */
export const plainHost = (host: string) =>
	host
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '')
		.toLowerCase();
