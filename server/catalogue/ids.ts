import { randomBytes } from 'node:crypto';

/** 128 random bits: nobody guesses one. */
export function newId(): string {
	return randomBytes(16).toString('hex');
}

/** Tells two slugs of one name apart: 40 bits, because the database refuses the rare twin. */
export function slugSuffix(): string {
	return randomBytes(5).toString('hex');
}
