import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { errnoOf } from '../errno.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps passwords of other servers while an import needs them: AES-256-GCM under a key in a file of its own, so that
 * a copy of the database alone tells nobody.
 */
export class Secrets {
	readonly #file: string;
	#key: Promise<Buffer> | null = null;

	/** @param file made at the first use, readable to nobody else */
	constructor(file: string) {
		this.#file = file;
	}

	async seal(text: string): Promise<string> {
		const iv = randomBytes(IV_BYTES);
		const cipher = createCipheriv('aes-256-gcm', await this.#ready(), iv);
		const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
		return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
	}

	/** Null when it was sealed under another key, or is not whole. */
	async open(sealed: string): Promise<string | null> {
		const bytes = Buffer.from(sealed, 'base64');
		if (bytes.length < IV_BYTES + TAG_BYTES) return null;
		const cipher = createDecipheriv(
			'aes-256-gcm',
			await this.#ready(),
			bytes.subarray(0, IV_BYTES),
			{ authTagLength: TAG_BYTES }
		);
		cipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
		try {
			const text = cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
			return Buffer.concat([text, cipher.final()]).toString('utf8');
		} catch {
			return null; // another key
		}
	}

	#ready(): Promise<Buffer> {
		this.#key ??= this.#readOrMake().catch((error: unknown) => {
			this.#key = null;
			throw error;
		});
		return this.#key;
	}

	async #readOrMake(): Promise<Buffer> {
		const known = await this.#read();
		if (known) return known;
		const key = randomBytes(KEY_BYTES);
		await using file = await open(this.#file, 'w', 0o600);
		await file.chmod(0o600);
		await file.writeFile(key);
		await file.sync();
		return key;
	}

	/** A key that a crash cut short has sealed nothing. */
	async #read(): Promise<Buffer | null> {
		try {
			const key = await readFile(this.#file);
			return key.length === KEY_BYTES ? key : null;
		} catch (error) {
			if (errnoOf(error) === 'ENOENT') return null;
			throw error;
		}
	}
}
