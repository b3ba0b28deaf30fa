import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { CHROMIUM } from '../support/browser.ts';
import { Bottleneck, UNLIMITED } from './bottleneck.ts';
import { DatagramLink } from './datagram-link.ts';
import { DOWN_PER_UP, type Emulation, type LinkShape } from './emulation.ts';

const BYTES_PER_MEGABIT = 1e6 / 8;

/**
 * A link in user space: a relay of TCP bytes, between the browser and the edge, that needs no rights and no kernel. All
 * its connections share one queue in each direction, so a page request waits behind what uploads have queued, as it
 * does in a modem. What it cannot show is TCP's own answer to a full queue: nothing is lost here, senders are held.
 * Sockets keep up to some 100 kB of one connection besides; that delays nobody but this connection itself.
 */
export class Link implements Emulation {
	readonly browser = { executablePath: CHROMIUM, args: [] };
	/** Toward the server. */
	readonly up = new Bottleneck();
	readonly down = new Bottleneck();
	readonly #datagrams = new DatagramLink();
	readonly #servers: Server[] = [];
	readonly #sockets = new Set<Socket>();

	async reach(target: number): Promise<number> {
		const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) =>
			this.#relay(client, target)
		);
		this.#servers.push(server);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		if (typeof address !== 'object' || !address) throw new Error('no port');
		await this.#datagrams.reach(target, address.port);
		return address.port;
	}

	async set(shape: LinkShape | null) {
		const up = shape ? limitsOf(shape, 1) : UNLIMITED;
		const down = shape ? limitsOf(shape, DOWN_PER_UP) : UNLIMITED;
		this.up.set(up);
		this.down.set(down);
		this.#datagrams.set(up, down);
	}

	lateMs() {
		return this.up.lateMs(99);
	}

	async close() {
		for (const socket of this.#sockets) socket.destroy();
		for (const server of this.#servers) server.close();
		this.#datagrams.close();
	}

	#relay(client: Socket, target: number) {
		const server = connect({
			port: target,
			host: '127.0.0.1',
			noDelay: true,
			allowHalfOpen: true
		});
		for (const [one, other] of [
			[client, server],
			[server, client]
		] as const) {
			this.#sockets.add(one);
			one.on('error', () => other.destroy());
			one.on('close', (isBroken) => {
				this.#sockets.delete(one);
				// What was said before a proper end is still in the queue.
				if (isBroken || !one.readableEnded) other.destroy();
			});
		}
		this.up.join(client, server);
		this.down.join(server, client);
	}
}

function limitsOf({ megabitsPerSecond, bufferMs, delayMs }: LinkShape, times: number) {
	const bytesPerSecond = times * megabitsPerSecond * BYTES_PER_MEGABIT;
	return { bytesPerSecond, bufferBytes: (bytesPerSecond * bufferMs) / 1000, delayMs };
}
