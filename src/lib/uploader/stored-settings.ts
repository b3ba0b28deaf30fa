import type { Settings } from './tabs.ts';

/** What a browser remembers between visits, where it does. */
export interface Storage {
	read(name: string): string | null;
	write(name: string, value: string): void;
}

export const USUAL: Settings = { limit: null, publishesAtOnce: false, isPaused: false };

/** What a person chose at this browser. */
export class StoredSettings {
	readonly #storage: Storage;
	readonly #name: string;

	constructor(storage: Storage, personId: string) {
		this.#storage = storage;
		this.#name = `segue-uploads:${personId}`;
	}

	read(): Settings {
		try {
			const { limit, publishesAtOnce, isPaused } = JSON.parse(
				this.#storage.read(this.#name) ?? '{}'
			) as Partial<Settings>;
			return {
				limit: typeof limit === 'number' && limit > 0 ? limit : null,
				publishesAtOnce: publishesAtOnce === true,
				isPaused: isPaused === true
			};
		} catch {
			return USUAL; // somebody else wrote there
		}
	}

	/** Files that were on the list when it was left, and not all of them done. */
	get left(): number {
		return Number(this.#storage.read(`${this.#name}:left`)) || 0;
	}
	set left(files: number) {
		this.#storage.write(`${this.#name}:left`, String(files));
	}

	write(settings: Settings) {
		this.#storage.write(this.#name, JSON.stringify(settings));
	}
}
