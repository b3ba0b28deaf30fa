/** Every refusal the portal may name, with its HTTP status. Anything else is `unexpected` and hidden. */
export const STATUS = {
	bad_request: 400,
	unauthorized: 401,
	wrong_credentials: 401,
	forbidden: 403,
	wrong_password: 403,
	foreign_origin: 403,
	registration_closed: 403,
	not_found: 404,
	method_not_allowed: 405,
	offset_conflict: 409,
	playlist_changed: 409,
	email_taken: 409,
	name_taken: 409,
	already_set_up: 409,
	last_owner: 409,
	upload_finished: 409,
	import_running: 409,
	import_state: 409,
	gone: 410,
	link_used: 410,
	tus_version: 412,
	too_large: 413,
	wrong_type: 415,
	range_not_satisfiable: 416,
	empty_file: 422,
	not_audio: 422,
	not_a_picture: 422,
	playlist_full: 422,
	not_offered: 422,
	password_needed: 422,
	source_refused: 422,
	locked: 423,
	too_many_requests: 429,
	checksum_mismatch: 460,
	unexpected: 500,
	stopping: 503,
	busy: 503,
	disk_full: 507,
	quota_exceeded: 507
} as const;

export type ProblemCode = keyof typeof STATUS;

/** A refusal with a stable code. Tell problems apart by `code`, never by `instanceof`: two copies of this module may be loaded. */
export class Problem extends Error {
	readonly code: ProblemCode;

	constructor(code: ProblemCode, options?: ErrorOptions) {
		super(code, options);
		this.name = 'Problem';
		this.code = code;
	}
}

/** The problem's code, or null when the error is not one of ours. */
export function problemCode(error: unknown): ProblemCode | null {
	if (typeof error !== 'object' || error === null || !('code' in error)) return null;
	const { code } = error;
	return typeof code === 'string' && Object.hasOwn(STATUS, code) ? (code as ProblemCode) : null;
}

/** What an answer refuses with; `unexpected` when that is not one of ours. */
export async function problemIn(answer: Response): Promise<Problem> {
	const said: unknown = await answer.json().catch(() => null);
	return new Problem(problemCode(said) ?? 'unexpected');
}

/** RFC 9457 body of an error answer. */
export interface ProblemBody {
	type: string;
	title: string;
	status: number;
	code: ProblemCode;
	requestId: string;
}

const TITLES: Partial<Record<ProblemCode, string>> = {
	wrong_credentials: 'The e-mail address or the password is wrong',
	unauthorized: 'Sign in first',
	not_found: 'There is nothing here',
	playlist_changed: 'Somebody changed this playlist meanwhile',
	playlist_full: 'A playlist holds no more than 10,000 tracks',
	too_large: 'That is larger than this portal takes',
	disk_full: 'The disk is full',
	quota_exceeded: 'The quota is used up',
	unexpected: 'Something went wrong here'
};

export function problemBody(code: ProblemCode, requestId: string): ProblemBody {
	return {
		type: `urn:segue:problem:${code}`,
		title: TITLES[code] ?? sentence(code),
		status: STATUS[code],
		code,
		requestId
	};
}

function sentence(code: string): string {
	const words = code.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
