/** RFC 6266: a plain name for old programs, the true one beside it. */
export function attachment(name: string): string {
	const plain = name.replace(/[^\w.\- ]/g, '_');
	const full = encodeURIComponent(name.toWellFormed()).replace(
		/['()*]/g,
		(char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${full}`;
}
