/** Two spellings of one name give one key: case, accents and spaces do not count. */
export function nameKey(name: string): string {
	const folded = name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/\s+/g, ' ')
		.trim();
	return folded || name.trim();
}

const MAX_SLUG_LENGTH = 60;

/** A readable piece of a URL. Names in other scripts keep their letters; what has none becomes `untitled`. */
export function slugOf(name: string): string {
	const slug = nameKey(name)
		.replace(/['’]/g, '')
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, MAX_SLUG_LENGTH)
		.replace(/-+$/, '');
	return slug || 'untitled';
}
