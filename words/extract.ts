import { openHub } from './hub.ts';

/** Brings the catalogues up to what the sources say; translations of what stayed are kept. */
const { hub } = await openHub('cli', process.cwd(), true);
await hub.directVisit(true, false, false);
