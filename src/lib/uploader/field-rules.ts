import * as v from 'valibot';
import { Description } from '#contracts/upload';

/** What may be said in a field, by the same rules that the portal goes by. */
const says = (field: keyof Description) => (value: string | number) =>
	v.is(Description, { [field]: value });

const [text, number, disc, genre, date] = [
	says('title'),
	says('trackNumber'),
	says('discNumber'),
	says('genre'),
	says('date')
];

export const isText = (said: string) => text(said);
export const isNumber = (said: string) => number(Number(said));
export const isDisc = (said: string) => disc(Number(said));
export const isGenre = (said: string) => genre(said);
export const isDate = (said: string) => date(said);
