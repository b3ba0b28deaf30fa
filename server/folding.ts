import { nameKey } from '#contracts/belonging';

export { nameKey };

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
