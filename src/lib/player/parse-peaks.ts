import { Peaks } from '#contracts/track';
import * as v from 'valibot';

/** @throws when it is not what peaks look like */
export const parsePeaks = (answer: unknown): number[] => v.parse(Peaks, answer).peaks;
