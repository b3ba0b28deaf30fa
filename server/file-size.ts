import { stat } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** Bytes of a file, or null when it is not there. */
export async function fileSize(file: string): Promise<number | null> {
	try {
		return (await stat(file)).size;
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return null;
		throw error;
	}
}
