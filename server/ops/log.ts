import { pino } from 'pino';

type Fields = Record<string, unknown>;

/** An event name and fields; never a built sentence, never a token. */
export interface Log {
	debug(event: string, fields?: Fields): void;
	info(event: string, fields?: Fields): void;
	warn(event: string, fields?: Fields): void;
	error(event: string, fields?: Fields): void;
}

/** JSON lines on standard output. */
export function createLog({ level }: { level: string }): Log {
	const logger = pino({
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: { level: (label) => ({ level: label }) },
		serializers: { error: pino.stdSerializers.err }
	});
	const at =
		(method: 'debug' | 'info' | 'warn' | 'error') =>
		(event: string, fields: Fields = {}) =>
			logger[method](fields, event);
	return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
