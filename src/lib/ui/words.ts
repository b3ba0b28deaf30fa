import type { Role } from '#contracts/account';
import type { ProblemCode } from '#contracts/problem';
import { spoken } from '#language/spoken';

const PROBLEMS: Partial<Record<ProblemCode, string>> = spoken(() => ({
	wrong_credentials: 'The e-mail address or the password is wrong.',
	wrong_password: 'This is not your present password.',
	too_many_requests: 'Too many tries. Wait a minute, then try again.',
	link_used: 'This link was used already or has run out. Ask for a new one.',
	email_taken: 'There is an account with this e-mail address already.',
	last_owner: 'This is the only owner. Make somebody else an owner first.',
	already_set_up: 'This portal is set up already. Sign in instead.',
	registration_closed: 'This portal takes no new people at the moment.',
	bad_request: 'Something is missing in what was sent.',
	unauthorized: 'Sign in first.',
	forbidden: 'This is not yours to see.',
	not_a_picture: 'This is no picture that can be read. Try a JPEG, PNG or WebP.',
	playlist_changed: 'Somebody changed this playlist meanwhile.',
	playlist_full: 'A playlist holds no more than 10,000 tracks.',
	busy: 'The portal is busy. Try again in a moment.',
	stopping: 'The portal is restarting. Try again in a moment.'
}));

export function problemWords(code: ProblemCode): string {
	return PROBLEMS[code] ?? 'Something went wrong here. Try again.';
}

/** For what a request threw: a refusal of the portal's, or no answer at all. */
export function requestWords(code: ProblemCode | null): string {
	return code ? problemWords(code) : 'The portal does not answer. Try again.';
}

export const ROLE_WORDS: Record<Role, string> = spoken(() => ({
	owner: 'Owner',
	artist: 'Artist',
	listener: 'Listener'
}));
