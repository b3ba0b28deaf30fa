import type { UploadRecord } from '#contracts/upload';
import { signature } from './entry.ts';

type Lying = Parameters<typeof signature>[0];

/**
 * What the server still waits for and this browser knows nothing of: another browser or computer has the files. Given
 * the same ones here, they go on here.
 */
export class Elsewhere {
	readonly #bySignature = new Map<string, UploadRecord>();
	readonly #signatures = new Map<string, string>();
	#arrived = 0;

	get size() {
		return this.#bySignature.size;
	}

	/** How many arrived of those that were announced with what waits. */
	get arrived() {
		return this.#arrived;
	}

	/** All that there are. */
	learn(records: Iterable<UploadRecord>, arrived: number) {
		this.#arrived = Math.max(0, arrived);
		this.#bySignature.clear();
		this.#signatures.clear();
		for (const record of records) {
			// Without its date nothing tells that a file is the same one.
			if (record.lastModified === undefined) continue;
			const signed = signature({ upload: record, lastModified: record.lastModified });
			this.#bySignature.set(signed, record);
			this.#signatures.set(record.id, signed);
		}
	}

	/** The upload that waits for this very file; from now on it is this browser's. */
	take(file: Lying): UploadRecord | null {
		const record = this.#bySignature.get(signature(file));
		if (record) this.forget(record.id);
		return record ?? null;
	}

	/** The other browser has sent it. */
	arrive(id: string) {
		if (!this.#signatures.has(id)) return;
		this.#arrived += 1;
		this.forget(id);
	}

	/** It waits no longer, or this browser has it. */
	forget(id: string) {
		const signed = this.#signatures.get(id);
		if (signed === undefined) return;
		this.#signatures.delete(id);
		this.#bySignature.delete(signed);
	}
}
