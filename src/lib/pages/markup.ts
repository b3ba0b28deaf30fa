const NAMES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;'
};

/** What XML 1.0 has no way to write, however it is escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Text as it may stand between tags and in attributes, of HTML and of XML. */
export function escaped(text: string): string {
	return text.replace(NOT_XML, '').replace(/[&<>"']/g, (character) => NAMES[character] ?? '');
}

/** JSON that may stand in a `<script>` and in text: nothing in it ends or begins a tag. */
export function inlineJson(value: unknown): string {
	return JSON.stringify(value).replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
	);
}
