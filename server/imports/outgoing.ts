import type { Readable } from 'node:stream';

/** A request to another server. */
export interface Ask {
	/** GET unless said otherwise. */
	method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** Lower-case names. `authorization`, `cookie` and every `x-…` are left out once a redirect leads to another origin. */
	headers?: Record<string, string>;
	body?: string;
	/** Whether the same request twice does no harm; so it is for GET. Only then it is repeated after a failure. */
	isRepeatable?: boolean;
	/** From this byte on, and only if what is there still is what `validator` (a strong ETag or a date) named. */
	range?: { offset: number; validator: string };
	/** Of the body, decoded. More than that ends with `too_large`. */
	maxBytes?: number;
	/** For the whole exchange: every attempt, every wait between them, and the body. */
	wholeMs?: number;
	signal?: AbortSignal;
	/** False: a redirect is an answer, for whoever must look at it on the way. */
	follow?: boolean;
	/** Statuses from 400 on that are answers and not errors. */
	accept?: readonly number[];
}

/** An answer below 400, or one that was asked for by `accept`. Its body must be read or destroyed. */
export interface Answer {
	status: number;
	/** The first of that name, or null. */
	header: (name: string) => string | null;
	/** All of that name, such as cookies. */
	headers: (name: string) => string[];
	/** Where it came from in the end. */
	url: URL;
	/** Decoded, within all limits; fails with `SourceError`. */
	body: Readable;
}

/**
 * What reaches other people's servers: public addresses only, few connections, at the speed that each host allows.
 */
export interface Outgoing {
	/** @throws SourceError */
	ask(url: string | URL, ask?: Ask): Promise<Answer>;
	/** The same, read to its end as UTF-8 unless the answer names another charset. @throws SourceError */
	text(url: string | URL, ask?: Ask): Promise<{ text: string; url: URL; type: string | null }>;
}
