import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { UNLIMITED, type Limits } from './bottleneck.ts';

/** A burst of a window's size must find room in the relay's own sockets: what is lost there is lost to nobody's link. */
const SOCKET_BYTES = 8 * 1024 ** 2;

/**
 * The link for QUIC: a relay of datagrams with a queue of bounded length in each direction. What does not fit is lost,
 * as in a modem, so that senders do to this link what they do to a real one.
 */
export class DatagramLink {
	readonly #up = new DatagramQueue();
	readonly #down = new DatagramQueue();
	readonly #sockets: Socket[] = [];

	/** Carries to `target` what comes at the same port where a relay of TCP listens already. */
	async reach(target: number, port: number): Promise<void> {
		const front = await this.#open(port);
		/** One way back for each port of the browser. */
		const ways = new Map<number, Socket>();
		front.on('message', (datagram, { port: from }: RemoteInfo) => {
			let way = ways.get(from);
			if (!way) {
				way = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BYTES });
				this.#sockets.push(way);
				way.on('error', () => {}); // the edge ended; QUIC finds out by itself
				way.on('message', (answer) =>
					this.#down.push(answer, () => front.send(answer, from, '127.0.0.1'))
				);
				ways.set(from, way);
			}
			const onward = way;
			this.#up.push(datagram, () => onward.send(datagram, target, '127.0.0.1'));
		});
	}

	set(up: Limits, down: Limits) {
		this.#up.limits = up;
		this.#down.limits = down;
	}

	close() {
		this.#up.limits = this.#down.limits = UNLIMITED;
		for (const socket of this.#sockets) socket.close();
	}

	async #open(port: number): Promise<Socket> {
		const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BYTES });
		this.#sockets.push(socket);
		socket.bind(port, '127.0.0.1');
		await once(socket, 'listening');
		return socket;
	}
}

/** Datagrams in the order they came, each with its time to arrive by arithmetic. */
class DatagramQueue {
	limits = UNLIMITED;
	readonly #waiting: { at: number; deliver: () => void }[] = [];
	#freeAt = 0;
	#timer: NodeJS.Timeout | null = null;

	push({ length }: Buffer, deliver: () => void) {
		const { bytesPerSecond, bufferBytes, delayMs } = this.limits;
		const now = performance.now();
		const begins = Math.max(now, this.#freeAt);
		const queued = ((begins - now) * bytesPerSecond) / 1000;
		if (bytesPerSecond !== Infinity && queued + length > bufferBytes) return;
		this.#freeAt = begins + (length * 1000) / bytesPerSecond;
		this.#waiting.push({ at: this.#freeAt + delayMs, deliver });
		this.#timer ??= setTimeout(() => this.#pump(), Math.max(0, this.#freeAt + delayMs - now));
	}

	#pump() {
		const now = performance.now();
		while (this.#waiting[0] && this.#waiting[0].at <= now) this.#waiting.shift()?.deliver();
		const [next] = this.#waiting;
		this.#timer = next ? setTimeout(() => this.#pump(), Math.max(0, next.at - now)) : null;
	}
}
