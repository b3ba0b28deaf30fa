import { UploadChanges, type UploadRecord, type UploadState } from '#contracts/upload';
import * as v from 'valibot';
import type { Client } from '../support/portal.ts';
import { sleep } from './bench.ts';

const OPEN: readonly UploadState[] = ['waiting', 'sending', 'cancelled'];
const ADDED: readonly UploadState[] = ['ready', 'duplicate'];
const OVER: readonly UploadState[] = [...ADDED, 'failed', 'cancelled'];

/** What the server says it has, whatever the page says. Asked rarely and for what is new, so that it costs little. */
export class Arrivals {
	readonly #client: Client;
	readonly #everyMs: number;
	readonly #patienceMs: number;
	readonly #states = new Map<string, UploadRecord['state']>();
	#cursor = '0';

	/** @param options.patienceMs where no file moves for so long, nothing more comes */
	constructor(client: Client, { everyMs, patienceMs }: { everyMs: number; patienceMs: number }) {
		this.#client = client;
		this.#everyMs = everyMs;
		this.#patienceMs = patienceMs;
	}

	/** @returns when all bytes of so many files were there; null when they never were */
	stored(files: number): Promise<number | null> {
		return this.#until(() => this.#count((state) => !OPEN.includes(state)) >= files);
	}

	/** @returns when so many files were dealt with, well or badly; null when they never were */
	over(files: number): Promise<number | null> {
		return this.#until(() => this.#count((state) => OVER.includes(state)) >= files);
	}

	get added(): number {
		return this.#count((state) => ADDED.includes(state));
	}

	async #until(isThere: () => boolean): Promise<number | null> {
		let movedAt = Date.now();
		for (;;) {
			const asked = Date.now();
			if (await this.#ask()) movedAt = asked;
			if (isThere()) return asked;
			if (asked - movedAt > this.#patienceMs) return null;
			await sleep(this.#everyMs);
		}
	}

	/** @returns whether anything changed */
	async #ask(): Promise<boolean> {
		const response = await this.#client.fetch(`/api/uploads?since=${this.#cursor}`);
		const { cursor, uploads } = v.parse(UploadChanges, await response.json());
		this.#cursor = cursor;
		for (const { id, state } of uploads) this.#states.set(id, state);
		return uploads.length > 0;
	}

	#count(isCounted: (state: UploadState) => boolean): number {
		return this.#states.values().reduce((sum, state) => sum + (isCounted(state) ? 1 : 0), 0);
	}
}
