import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Person } from '#contracts/account';
import { LiveHello, LiveMeter, LivePing, type LiveMessage, type LivePong } from '#contracts/live';
import type { Working } from '#contracts/work';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { isOurOrigin } from '../http/origin.ts';
import type { Log } from '../ops/log.ts';
import { createLateness } from './lateness.ts';
import { createNews } from './news.ts';

const PATH = '/live';
/** At most one message in this time, however many events. */
const BEAT_MS = 250;
/** Pages take 65 s of silence for death, so nobody may be told nothing for longer than twice this. */
const PING_MS = 25_000;
const MAX_MESSAGE_BYTES = 64 * 1024;
/** More than this unsent means that the client does not read: it reconnects and asks for what it missed. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Of one socket in a second; more are not answered. */
const MOST_PINGS = 60;

interface LiveOptions {
	catalogue: Catalogue;
	person: (headers: IncomingMessage['headers']) => Promise<Person | null>;
	/** What has come of the bodies that a person streams now, in bytes by stream. */
	received: (personId: string) => Record<string, number>;
	/** What of a person's is worked on now, for whoever was not there when it was said. */
	working: (personId: string) => readonly Working[];
	log: Log;
	now?: () => number;
	pingMs?: number;
}

interface Listener {
	socket: WebSocket;
	person: Person;
	headers: IncomingMessage['headers'];
	/** The last number it was told; null until it said where it stands, and for one that only measures. */
	seq: number | null;
	isAlive: boolean;
	/** It was told news since the last ping. */
	wasTold: boolean;
}

export type Live = ReturnType<typeof createLive>;

/** The websocket at /live. What is said is news first and a message second: see `news.ts`. */
export function createLive({
	catalogue,
	person,
	received,
	working,
	log,
	now = Date.now,
	pingMs = PING_MS
}: LiveOptions) {
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: MAX_MESSAGE_BYTES,
		perMessageDeflate: false
	});
	const listeners = new Set<Listener>();
	const lateness = createLateness();
	let beat: NodeJS.Timeout | null = null;
	let isClosed = false;

	const news = createNews({ catalogue, working, onsaid: stir, now });

	/** @param isDue whether it is told even that there is nothing new */
	async function tell(listener: Listener, isDue = false): Promise<void> {
		const { seq } = listener;
		if (seq === null) return;
		const message = await news.since(listener.person.id, seq);
		// It was told something else meanwhile: pages take each message for what follows the one before.
		if (listener.seq !== seq) return tell(listener);
		listener.seq = message.seq;
		if (message.events.length > 0 || isDue) send(listener, message);
	}

	function send(listener: Listener, message: LiveMessage) {
		const { socket } = listener;
		if (message.events.length > 0) listener.wasTold = true;
		if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
		else socket.send(JSON.stringify(message));
	}

	async function tellAll() {
		for (const listener of listeners) {
			await tell(listener).catch((error: unknown) => log.error('live message failed', { error }));
		}
	}

	/** Something was added: everybody is told at the next beat. */
	function stir() {
		if (beat || isClosed) return;
		beat = setTimeout(() => {
			beat = null;
			void tellAll();
		}, BEAT_MS);
	}

	const ping = setInterval(() => {
		for (const listener of listeners) {
			if (!listener.isAlive) {
				listener.socket.terminate();
				continue;
			}
			listener.isAlive = false;
			listener.socket.ping();
			// A page cannot see pings. What was written later than its beat is said here too.
			tell(listener, !listener.wasTold).catch((error: unknown) =>
				log.error('live message failed', { error })
			);
			listener.wasTold = false;
			// A session that ended elsewhere ends here too.
			void person(listener.headers).then(
				(found) => found ?? listener.socket.close(1008),
				(error: unknown) => log.error('live session check failed', { error })
			);
		}
	}, pingMs);
	ping.unref();

	function welcome(listener: Listener) {
		const { socket } = listener;
		// Once: each greeting costs a query, and a socket costs its sender nothing.
		let isGreeted = false;
		let pings = 0;
		let pingsSince = performance.now();
		listeners.add(listener);
		socket.on('pong', () => (listener.isAlive = true));
		socket.on('error', (error) => log.debug('live socket failed', { error }));
		socket.on('close', () => listeners.delete(listener));
		socket.on('message', (data) => {
			const text = String(data);
			const ping = isGreeted ? parse(LivePing, text) : null;
			if (ping) {
				const now = performance.now();
				if (now - pingsSince > 1_000) [pings, pingsSince] = [0, now];
				pings += 1;
				if (pings <= MOST_PINGS && socket.bufferedAmount === 0) {
					const pong: LivePong = {
						...{ pong: ping.ping, lateMs: lateness.read(), at: performance.now() },
						received: received(listener.person.id)
					};
					socket.send(JSON.stringify(pong));
				}
				return;
			}
			const isFirst = !isGreeted;
			isGreeted = true;
			if (isFirst && parse(LiveMeter, text)) return;
			const hello = isFirst ? parse(LiveHello, text) : null;
			if (!hello) {
				socket.close(1008);
				return;
			}
			void news
				.since(listener.person.id, hello.since)
				.then((message) => {
					listener.seq = message.seq;
					send(listener, message);
				})
				.catch((error: unknown) => {
					log.error('live greeting failed', { error });
					socket.close(1011);
				});
		});
	}

	return {
		/** Takes the socket of an upgrade to /live. False when it is not for us. */
		upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
			if (request.url?.split('?', 1)[0] !== PATH) return false;
			if (isClosed || !isOurOrigin(request)) {
				refuse(socket, isClosed ? '503 Service Unavailable' : '403 Forbidden');
				return true;
			}
			const { headers } = request;
			socket.on('error', () => socket.destroy()); // until ws takes over
			person(headers).then(
				(found) => {
					if (!found) {
						refuse(socket, '403 Forbidden');
						return;
					}
					sockets.handleUpgrade(request, socket, head, (webSocket) =>
						welcome({
							socket: webSocket,
							person: found,
							headers,
							seq: null,
							isAlive: true,
							wasTold: false
						})
					);
				},
				(error: unknown) => {
					log.error('live upgrade failed', { error });
					refuse(socket, '500 Internal Server Error');
				}
			);
			return true;
		},

		/** The same answer over HTTP, for where sockets are blocked. */
		since: (listener: Person, seq: number | null) => news.since(listener.id, seq),
		say: news.say,
		sayInPlace: news.sayInPlace,
		sweep: news.sweep,

		/** Another process may have said something: it is told at the next beat. */
		wake: stir,

		/** 1012 is "service restart": clients come back. */
		async close(): Promise<void> {
			isClosed = true;
			clearInterval(ping);
			lateness.close();
			if (beat) clearTimeout(beat);
			for (const { socket } of listeners) socket.close(1012);
			sockets.close();
			setTimeout(() => {
				for (const { socket } of listeners) socket.terminate();
			}, 1000).unref();
		}
	};
}

/** Null for what our page would never say. */
function parse<Schema extends v.GenericSchema>(
	schema: Schema,
	text: string
): v.InferOutput<Schema> | null {
	try {
		const { success, output } = v.safeParse(schema, JSON.parse(text));
		return success ? output : null;
	} catch {
		return null; // not JSON
	}
}

function refuse(socket: Duplex, status: string) {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
