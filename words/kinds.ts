import type { HeuristicFunc } from 'wuchale';

/** Attributes and properties of our components that somebody reads or hears. */
const SAID = new Set(
	'act alt aria-label aria-valuetext heading hint label more note of placeholder says text title wants'.split(
		' '
	)
);
/** Their strings are for machines. */
const CALLS =
	/^(matchMedia|redirect|element|fetch|fetching|console\..*|.*\.(querySelector|querySelectorAll|closest|matches|abort|set|get|has|append|includes|createIndex|getHeader|add|remove|toggle))$/;
const FILES_OF_SENTENCES =
	/(\.svelte|\.svelte\.ts|words\.ts|\/(format|keys|new-person|form-problems|meta|ago|days|own-releases|releases|inbox|contracts\/(account|report|roster|job))\.ts|\+page\.server\.ts)$/;
/** Names of keys, errors, headers, types and the portal itself. */
const NAMES =
	/^(more track|Escape|Enter|Tab|Home|End|Backspace|Delete|Space|Arrow\w+|Page(Up|Down)|Key[A-Z]|Files|Segue|POST|GET|Music(Recording|Group|Album)|AudioObject|\w+Error|\w+(-[A-Z]\w*)+|Bearer.*|Mozilla.*)$/;
const CODE = /[<>=[\]{}]|^[.(:/\s]|\/\/|^M#|^[a-z]+\(|^#?\s*#w$|^#(px|%|ms)?$/;

/** Whether a string of the sources is a message. Words that begin small are, once there are several. */
export const kindOf: HeuristicFunc = ({ msgStr, details }) => {
	const text = msgStr.join('\n').trim();
	if (!/\p{L}/u.test(text)) return false;
	if (!FILES_OF_SENTENCES.test(details.file)) return false;
	if (details.element && ['style', 'script', 'path', 'code', 'kbd'].includes(details.element))
		return false;
	if (details.scope === 'markup') return text === 'Segue' ? false : 'message';
	if (details.attribute && !SAID.has(details.attribute)) {
		// What an expression says there may be shown, what stands there is not.
		if (
			details.scope === 'attribute' ||
			/^(class|style|href|src|id|d|style:.*)$/.test(details.attribute)
		)
			return false;
	}
	if (CODE.test(text) || text === 'Segue') return false;
	if (details.call && CALLS.test(details.call)) return false;
	if (details.scope === 'attribute') return 'message';
	if (NAMES.test(text)) return false;
	const words = text.replaceAll('#', '').trim();
	return /^\p{Lu}\p{Ll}/u.test(words) ||
		(/\p{L}.*\s|\s.*\p{L}/u.test(text) && /\p{Ll}{2}/u.test(text))
		? 'message'
		: false;
};
