import type { Portal } from '../server/app.ts';
import type { Person } from '#contracts/account';
import type { ProblemCode } from '#contracts/problem';
import type { Language } from '#language/language';

declare global {
	namespace App {
		interface Locals {
			portal: Portal;
			/** Who asks, or null. */
			person: Person | null;
			requestId: string;
			/** The number of the last live event before anything was read for a page; null where nobody hears them. */
			heard: number | null;
			/** What the page is to speak. */
			language: Language;
			/** The address that others know the portal by, without a slash at its end. */
			site: string;
			/** Left by `handleError` for `handle`, which gives the answer its status. */
			problem?: ProblemCode;
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
