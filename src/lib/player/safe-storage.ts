/** What a browser remembers between visits, where it does. */
export interface SafeStorage {
	read(name: string): string | null;
	write(name: string, value: string): void;
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** Storage may be switched off, full or missing: then nothing is remembered. Opened on first use, never on the server. */
export function safeStorage(open: () => Store = () => localStorage): SafeStorage {
	return {
		read(name) {
			try {
				return open().getItem(name);
			} catch {
				return null; // switched off in this window: begin with nothing remembered
			}
		},
		write(name, value) {
			try {
				open().setItem(name, value);
			} catch {
				// full or switched off: what was chosen holds for this visit
			}
		}
	};
}
