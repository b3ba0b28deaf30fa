import type { Reason } from '#contracts/report';
import { spoken } from '#language/spoken';

export const REASON_WORDS: Record<Reason, string> = spoken(() => ({
	copyright: 'It is somebody else’s music, used without their leave',
	hateful: 'It is hateful, or calls for violence',
	wrong: 'Title, artist or cover are wrong',
	spam: 'It is no music, but advertising or noise',
	other: 'Something else'
}));
