/**
 * A table of words that is made anew for whoever reads it: a constant of a module would keep the language of the first
 * request that met it.
 */
export function spoken<T extends object>(make: () => T): T {
	return new Proxy({} as T, {
		get: (_, key) => Reflect.get(make(), key) as unknown,
		has: (_, key) => Reflect.has(make(), key),
		ownKeys: () => Reflect.ownKeys(make()),
		getOwnPropertyDescriptor: (_, key) => {
			const own = Reflect.getOwnPropertyDescriptor(make(), key);
			return own && { ...own, configurable: true };
		}
	});
}
