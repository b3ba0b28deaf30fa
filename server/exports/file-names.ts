import { cleanText } from '../metadata.ts';

/** Bytes of UTF-8: three parts and a folder to unpack into stay below what Windows takes. */
const MAX_PART_BYTES = 72;
/** What Windows takes for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i;
const ENDING = /\.([A-Za-z0-9]{1,8})$/;

/** A title as the name of a file or folder that every system takes: no separators, no devices, nothing hidden. */
export function safePart(text: string, fallback = 'Untitled'): string {
	const clean = (cleanText(text.normalize('NFC')) ?? '')
		.replace(/[\\/:*?"<>|]/g, '_')
		.replace(/^[.\-~ ]+/, (start) => '_'.repeat(Math.min(start.length, 3)));
	const short = shortened(clean, MAX_PART_BYTES).replace(/[. ]+$/, '');
	if (short === '') return fallback;
	return DEVICE.test(short) ? `_${short}` : short;
}

/** With its dot and in small letters; empty when there is none that is plain. */
export function endingOf(name: string): string {
	const [, ending] = ENDING.exec(name) ?? [];
	return ending === undefined ? '' : `.${ending.toLowerCase()}`;
}

/** Gives each name once, also where capitals do not count: the second becomes `Name (2)`. */
export class UniqueNames {
	readonly #taken = new Set<string>();

	/** @param ending stays at the end */
	take(folder: string, stem: string, ending = ''): string {
		const start = folder === '' ? '' : `${folder}/`;
		for (let n = 1; ; n += 1) {
			const name = `${start}${stem}${n === 1 ? '' : ` (${n})`}${ending}`;
			const key = name.normalize('NFKC').toLowerCase();
			if (this.#taken.has(key)) continue;
			this.#taken.add(key);
			return name;
		}
	}
}

/** Cut between letters. */
function shortened(text: string, most: number): string {
	let bytes = 0;
	let end = 0;
	for (const letter of text) {
		bytes += Buffer.byteLength(letter);
		if (bytes > most) break;
		end += letter.length;
	}
	return text.slice(0, end);
}
