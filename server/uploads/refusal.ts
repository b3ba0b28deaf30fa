import type { ProblemCode } from '#contracts/problem';

/** A refusal as @tus/server reads one: a status, and a body that is our code. */
export class TusRefusal extends Error {
	override readonly name = 'TusRefusal';
	readonly status_code: number;
	readonly body: ProblemCode;

	constructor(status: number, code: ProblemCode, options?: ErrorOptions) {
		super(code, options);
		this.status_code = status;
		this.body = code;
	}
}
