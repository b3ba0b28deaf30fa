import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CHROMIUM } from '../support/browser.ts';
import {
	DOWN_PER_UP,
	type CongestionControl,
	type Emulation,
	type LinkShape
} from './emulation.ts';

const run = promisify(execFile);

/** All that this makes in the kernel begins so; the process that made it comes after. */
const PREFIX = 'sgl';
/** Of the addresses that are set aside for benchmarks (RFC 2544). */
const BENCH_NETS = '198.18';
/** A token bucket needs room for one frame, and a little for the timer at high rates. */
const BURST_BYTES = 4_000;
const BURST_MS = 0.5;
const BYTES_PER_MS_OF_MEGABIT = 125;
const AVAILABLE = '/proc/sys/net/ipv4/tcp_available_congestion_control';

/**
 * A link by the kernel: the browser in a network namespace of its own, a router with a token bucket in a second one,
 * the edge outside, and real TCP with its losses between them. Needs root and iproute2. The router stands apart from
 * the browser because a sender notices its own machine's queue and holds back, and notices nothing of a modem's.
 */
export class Netlab implements Emulation {
	readonly browser: { executablePath: string; args: readonly string[] };
	readonly #names: Names;
	readonly #folder: string;
	readonly #onexit = () => tearDown(this.#names);

	static async start(): Promise<Netlab> {
		const why = whyNot();
		if (why) throw new Error(`--netlab: ${why}`);
		sweep();
		const names = namesOf(process.pid);
		const folder = await mkdtemp(path.join(tmpdir(), 'segue-netlab-'));
		const netlab = new Netlab(names, folder);
		process.on('exit', netlab.#onexit);
		try {
			await setUp(names);
		} catch (error) {
			await netlab.close();
			throw error;
		}
		return netlab;
	}

	private constructor(names: Names, folder: string) {
		this.#names = names;
		this.#folder = folder;
		const executablePath = path.join(folder, 'chromium');
		writeFileSync(
			executablePath,
			`#!/bin/sh\nexec ip netns exec ${names.client} '${CHROMIUM}' "$@"\n`,
			{ mode: 0o755 }
		);
		// The same origin as everywhere else: the certificate and the cookie are for it.
		const args = [`--host-resolver-rules=MAP localhost ${names.near.net}.1`];
		this.browser = { executablePath, args };
	}

	async reach(port: number) {
		return port;
	}

	async set(shape: LinkShape | null) {
		const { client, router, near, far } = this.#names;
		const buckets = [
			[near.router, 1],
			[far.router, DOWN_PER_UP]
		] as const;
		for (const [device, times] of buckets) {
			const qdisc = ['-n', router, 'qdisc'];
			await run('tc', [...qdisc, 'del', 'dev', device, 'root']).catch(() => {}); // there was none
			if (!shape) continue;
			const megabits = times * shape.megabitsPerSecond;
			const burst = Math.max(BURST_BYTES, megabits * BYTES_PER_MS_OF_MEGABIT * BURST_MS);
			const bucket = ['rate', `${megabits}mbit`, 'burst', `${Math.round(burst)}`];
			const queue = ['latency', `${shape.bufferMs}ms`];
			await run('tc', [...qdisc, 'add', 'dev', device, 'root', 'tbf', ...bucket, ...queue]);
		}
		if (shape?.control) {
			const setting = `net.ipv4.tcp_congestion_control=${shape.control}`;
			await run('ip', ['netns', 'exec', client, 'sysctl', '-qw', setting]);
		}
	}

	lateMs() {
		return null;
	}

	async close() {
		process.off('exit', this.#onexit);
		tearDown(this.#names);
		await rm(this.#folder, { recursive: true, force: true });
	}
}

/** Those of the two that this kernel has. */
export function controls(): CongestionControl[] {
	const available = readFileSync(AVAILABLE, 'utf8').trim().split(' ');
	return (['reno', 'bbr'] as const).filter((control) => available.includes(control));
}

function whyNot(): string | null {
	if (process.platform !== 'linux') return 'network namespaces are Linux’s';
	if (process.getuid?.() !== 0) return 'only root may make network namespaces';
	try {
		execFileSync('ip', ['-V'], { stdio: 'ignore' });
		execFileSync('tc', ['-V'], { stdio: 'ignore' });
	} catch {
		return 'it needs ip and tc (the package iproute2)';
	}
	return null;
}

interface Names {
	client: string;
	router: string;
	near: Cable;
	far: Cable;
}

interface Cable {
	/** The first three bytes of its addresses. */
	net: string;
	/** At the host for the near one, at the client for the far one. */
	end: string;
	router: string;
}

/** Names of devices have 15 characters at most. */
function namesOf(pid: number): Names {
	const name = (end: string) => `${PREFIX}${pid}${end}`;
	const net = 2 * (pid % 128);
	return {
		client: name('c'),
		router: name('r'),
		near: { net: `${BENCH_NETS}.${net}`, end: name('h0'), router: name('r0') },
		far: { net: `${BENCH_NETS}.${net + 1}`, end: name('c1'), router: name('r1') }
	};
}

async function setUp({ client, router, near, far }: Names): Promise<void> {
	const ip = (...args: string[]) => run('ip', args);
	const join = async (cable: Cable, endIn: string[]) => {
		await ip('link', 'add', cable.end, 'type', 'veth', 'peer', 'name', cable.router);
		await ip('link', 'set', cable.router, 'netns', router);
		if (endIn.length > 0) await ip('link', 'set', cable.end, 'netns', client);
		for (const [place, device, host] of [
			[endIn, cable.end, 1],
			[['-n', router], cable.router, 2]
		] as const) {
			await ip(...place, 'addr', 'add', `${cable.net}.${host}/24`, 'dev', device);
			await ip(...place, 'link', 'set', device, 'up');
		}
	};
	await ip('netns', 'add', client);
	await ip('netns', 'add', router);
	await join(near, []);
	await join(far, ['-n', client]);
	await ip('-n', client, 'link', 'set', 'lo', 'up');
	await ip('-n', client, 'route', 'add', 'default', 'via', `${far.net}.2`);
	await ip('route', 'add', `${far.net}.0/24`, 'via', `${near.net}.2`);
	await ip('netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
}

/** At once, since a process that ends waits for nothing; its route goes with the cable. */
function tearDown({ client, router, near }: Names): void {
	for (const args of [
		['link', 'del', near.end],
		['netns', 'del', client],
		['netns', 'del', router]
	]) {
		try {
			execFileSync('ip', args, { stdio: 'ignore' });
		} catch {
			// It was not made, or went with the one before.
		}
	}
}

/** What a process left that was killed before it could take anything down. */
function sweep(): void {
	const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
	for (const [, pid] of listed.matchAll(new RegExp(`^${PREFIX}(\\d+)[cr]\\b`, 'gm'))) {
		if (existsSync(`/proc/${pid}`)) continue;
		tearDown(namesOf(Number(pid)));
	}
}
