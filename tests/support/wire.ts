import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const PIECE_BYTES = 16 * 1024;

/**
 * A link that can be slowed and cut, between a browser and the edge: a relay of TCP bytes. All its connections share
 * one rate toward the server, as they share an uplink; the way back is free.
 */
export class Wire {
	readonly #target: number;
	readonly #server = createServer(
		(client) => void this.#relay(client).catch(() => client.destroy())
	);
	readonly #sockets = new Set<Socket>();
	readonly #turns: (() => void)[] = [];
	#bytesPerSecond = Infinity;
	#freeAt = 0;
	#timer: NodeJS.Timeout | null = null;
	#isCut = false;
	#mayFlip = false;
	port = 0;
	/** Bytes that went toward the server. */
	sent = 0;

	private constructor(target: number) {
		this.#target = target;
	}

	static async to(port: number): Promise<Wire> {
		const wire = new Wire(port);
		wire.#server.listen(0, '127.0.0.1');
		await once(wire.#server, 'listening');
		const address = wire.#server.address();
		if (typeof address === 'object' && address) wire.port = address.port;
		return wire;
	}

	/** Bytes a second toward the server, for all connections together. */
	slow(bytesPerSecond: number) {
		this.#bytesPerSecond = bytesPerSecond;
		this.#next();
	}

	/** Everything that is open breaks, and nothing new gets through. */
	cut() {
		this.#isCut = true;
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	mend() {
		this.#isCut = false;
	}

	/** One bit of what goes toward the server next is not what it was: in a body, not in a header. */
	flip() {
		this.#mayFlip = true;
	}

	close() {
		this.cut();
		this.#server.close();
	}

	async #relay(client: Socket) {
		if (this.#isCut) {
			client.resetAndDestroy();
			return;
		}
		const server = connect(this.#target, '127.0.0.1');
		for (const [one, other] of [
			[client, server],
			[server, client]
		] as const) {
			this.#sockets.add(one);
			one.setNoDelay();
			one.on('error', () => other.destroy());
			one.on('close', () => {
				this.#sockets.delete(one);
				other.destroy();
			});
		}
		server.pipe(client);
		for await (const chunk of client as AsyncIterable<Buffer>) {
			for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
				const piece = chunk.subarray(at, at + PIECE_BYTES);
				await this.#turn(piece.length);
				this.sent += piece.length;
				if (this.#mayFlip && piece.length > PIECE_BYTES / 2) {
					this.#mayFlip = false;
					piece[piece.length - 1] = (piece.at(-1) ?? 0) ^ 1;
				}
				if (!server.write(piece))
					await Promise.race([once(server, 'drain'), once(server, 'close')]);
			}
		}
		server.end();
	}

	/** Waits for this piece's place on the link; connections take turns. */
	#turn(bytes: number): Promise<void> {
		if (this.#bytesPerSecond === Infinity) return Promise.resolve();
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#turns.push(() => {
			this.#freeAt =
				Math.max(performance.now(), this.#freeAt) + (bytes * 1000) / this.#bytesPerSecond;
			resolve();
		});
		this.#next();
		return promise;
	}

	#next() {
		if (this.#timer || this.#turns.length === 0) return;
		const wait = this.#bytesPerSecond === Infinity ? 0 : this.#freeAt - performance.now();
		this.#timer = setTimeout(
			() => {
				this.#timer = null;
				this.#turns.shift()?.();
				this.#next();
			},
			Math.max(0, wait)
		);
	}
}
