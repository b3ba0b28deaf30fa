import type { Portal } from '../server/app.ts';
import type { Person } from '#contracts/account';
import type { ProblemCode } from '#contracts/problem';

declare global {
	namespace App {
		interface Locals {
			portal: Portal;
			/** Who asks, or null. */
			person: Person | null;
			requestId: string;
			/** Left by `handleError` for `handle`, which gives the answer its status. */
			problem?: ProblemCode;
			/** The route has worded its refusal itself. */
			answered?: boolean;
		}
		interface Error {
			message: string;
			code?: ProblemCode;
			requestId?: string;
		}
		interface PageData {
			person?: Person | null;
		}
	}
}
