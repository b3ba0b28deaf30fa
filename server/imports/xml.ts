import { XMLParser } from 'fast-xml-parser';
import { SourceError } from './source-error.ts';

const MAX_CHARACTERS = 5 * 1024 * 1024;
const MAX_DEPTH = 100;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** An element: its attributes begin with `@`, its text is `#text`. */
export type XmlNode = Record<string, unknown>;

/**
 * Reads XML that a stranger wrote: no DOCTYPE, so that there are no entities but the five and numbers, and those are
 * replaced once.
 * @throws SourceError not_understood
 */
export function parseXml(text: string): XmlNode {
	if (text.length > MAX_CHARACTERS || /<!doctype|<!entity/i.test(text)) {
		throw new SourceError('not_understood', 'source');
	}
	const parser = new XMLParser({
		processEntities: false,
		ignoreAttributes: false,
		attributeNamePrefix: '@',
		parseTagValue: false,
		parseAttributeValue: false,
		trimValues: true,
		alwaysCreateTextNode: false,
		maxNestedTags: MAX_DEPTH
	});
	try {
		return parser.parse(text) as XmlNode;
	} catch (cause) {
		throw new SourceError('not_understood', 'source', { cause });
	}
}

/** The elements of a name, however many there are. */
export function nodes(parent: XmlNode | null, name: string): XmlNode[] {
	const found = parent?.[name];
	if (found === undefined || found === null) return [];
	return (Array.isArray(found) ? found : [found]).map((node: unknown) =>
		typeof node === 'object' && node !== null ? (node as XmlNode) : { '#text': node }
	);
}

export const node = (parent: XmlNode | null, name: string): XmlNode | null =>
	nodes(parent, name)[0] ?? null;

/** The text of the first element of a name, or null. */
export function text(parent: XmlNode | null, name: string): string | null {
	return plain(node(parent, name)?.['#text']);
}

export const attribute = (of: XmlNode | null, name: string): string | null =>
	plain(of?.[`@${name}`]);

function plain(value: unknown): string | null {
	if (typeof value !== 'string' && typeof value !== 'number') return null;
	const text = String(value)
		.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,4});/gi, (whole, name: string) => {
			if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
			const hex = /^#x/i.test(name);
			const point = parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
			return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
		})
		.trim();
	return text === '' ? null : text;
}
