import type { Failure } from '#contracts/upload';

/** Ends an upload that will never be music, and says why. */
export class Refused extends Error {
	override readonly name = 'Refused';
	readonly code: Failure;

	constructor(code: Failure, options?: ErrorOptions) {
		super(code, options);
		this.code = code;
	}
}
