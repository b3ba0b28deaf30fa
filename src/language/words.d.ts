declare module 'virtual:words' {
	/** Addresses of catalogues that a page begins with, by language. */
	export const addresses: Readonly<Record<string, readonly string[]>>;
}
