import * as v from 'valibot';
import { Track } from '#contracts/track';

/** @throws when it is not what a track looks like */
export const parseTrack = (answer: unknown): Track => v.parse(Track, answer);
