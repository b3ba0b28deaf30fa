import { fileURLToPath } from 'node:url';

/** The folder of the checkout, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where Node keeps what it made of our files, so that it need not read all of them anew at each start. */
export const COMPILED = `${ROOT}/node_modules/.cache/compiled`;
