import type { ServerEvent } from '#contracts/live';
import { createUploadApi } from './api.ts';
import { standAside } from './aside.ts';
import { BrowserJournal } from './browser-journal.ts';
import { holdPage } from './hold-page.ts';
import { Inspector, type InspectWorker } from './inspector.ts';
import { LeadingTab } from './leading-tab.ts';
import type { Batch } from './list.ts';
import { watchMetered, watchNetwork } from './metered.ts';
import { MirrorTab } from './mirror-tab.ts';
import { protocolOf } from './protocol.ts';
import { UploadQueue } from './queue.ts';
import { Roots, type DroppedFile } from './roots.ts';
import { SharedLanes, type LanesChannel } from './shared-lanes.ts';
import type { StoredSettings } from './stored-settings.ts';
import type { CarriedFile, Channel, LeftOut, TabSide } from './tabs.ts';
import { ThreadTransport, type SendWorker } from './thread-transport.ts';

/** How often one looks whether another tab is there. */
const LOOK_MS = 1_000;

/** On HTTP/1.1 a browser has six connections to a host: two stay free for pages and audio. */
const LANES = { h1: { files: 4, requests: 4 }, multiplexed: { files: 4, requests: 12 } };

interface OwnTabParts {
	personId: string;
	settings: StoredSettings;
	onchange: () => void;
	/** This tab has another part to play. */
	onside: (side: TabSide) => void;
	/** What is on the list is known, or whoever knows it changed. */
	onsettled: () => void;
	oncover: (key: string, picture: Blob) => void;
	/** What carries uploads, by its ALPN name. */
	onprotocol: (protocol: string) => void;
	onbatch: (batch: Batch) => void;
	onheld: (url: string) => void;
}

/** A tab's part in the one queue of a browser: it sends, or mirrors the tab that does. */
export class OwnTab {
	readonly #parts: OwnTabParts;
	readonly #roots: Roots;
	readonly #over = new AbortController();
	readonly #lockName: string;
	/** Another tab would go on if this one closed. */
	#isBacked = false;
	#side: TabSide | null = null;
	#queue: UploadQueue | null = null;
	/** While this tab leads; its queue lets go of it first. */
	#transport: ThreadTransport | null = null;

	constructor(parts: OwnTabParts) {
		this.#parts = parts;
		this.#lockName = `segue-uploads:${parts.personId}`;
		this.#roots = new Roots(parts.personId);
	}

	/** Opens this person's queue, as the last visit left it. */
	start() {
		const { signal } = this.#over;
		addEventListener('pagehide', () => this.#leave(), { signal });
		const unhold = holdPage({ mayLeave: () => !this.mayLose, onheld: this.#parts.onheld });
		signal.addEventListener('abort', unhold);
		// Also while nothing moves: the other tab may be closed during a pause.
		const looking = setInterval(() => this.#lookForOthers(), LOOK_MS);
		signal.addEventListener('abort', () => clearInterval(looking));
		void this.#join();
	}

	close() {
		this.#over.abort();
		this.#side?.close();
		this.#transport?.close();
		this.#side = this.#queue = null;
		void this.#roots.close();
	}

	/** Names what was dropped, and keeps the ways back to it. */
	carry(dropped: Iterable<DroppedFile>): CarriedFile[] {
		return this.#roots.carry(dropped);
	}

	/** Asks the person, who has just clicked, to let the page read again what was dropped at an earlier visit. */
	async reopen(): Promise<void> {
		await this.#roots.ask();
		this.#side?.reopen();
	}

	hear(events: readonly ServerEvent[]) {
		this.#queue?.hear(events);
	}

	catchUp() {
		void this.#queue?.catchUp().catch(() => {
			// The portal did not answer; the next news says it.
		});
	}

	/** Tells the other tabs what changed; who is one of those is told. */
	beat() {
		if (!(this.#side instanceof LeadingTab)) return;
		this.#side.beat();
	}

	/** Leaving now would cost something: no other tab goes on, and a file would have to be dropped again. */
	get mayLose(): boolean {
		return this.#side instanceof LeadingTab && this.#side.hasHomeless && !this.#isBacked;
	}

	/**
	 * Mirrors the tab that leads until it closes, and then leads. One that does not answer any more loses the lead, and
	 * mirrors when it wakes. Without locks, as on plain http, each tab leads itself, and they share
	 * the browser's connections.
	 */
	async #join() {
		const { signal } = this.#over;
		const openChannel = () => new BroadcastChannel(this.#lockName) as unknown as Channel;
		const asked = Promise.all([protocolOf(location.origin), standAside()]).then(([name]) => name);
		if (!('locks' in navigator)) {
			await this.#lead({ protocol: await asked, channel: openChannel(), held: [] });
			return;
		}
		let held: CarriedFile[] = [];
		let turn = new AbortController();
		let takesOver = false;
		const newMirror = () => {
			turn = new AbortController();
			this.#queue = null;
			return new MirrorTab({
				channel: openChannel(),
				settings: this.#parts.settings.read(),
				held,
				onchange: this.#parts.onchange,
				oncover: this.#parts.oncover,
				onsilent: () => {
					takesOver = true;
					turn.abort();
				}
			});
		};
		let mirror = newMirror();
		this.#become(mirror);
		while (!signal.aborted) {
			const options = takesOver
				? { steal: true }
				: { signal: AbortSignal.any([signal, turn.signal]) };
			takesOver = false;
			try {
				await navigator.locks.request(this.#lockName, options, async () => {
					const protocol = await asked;
					mirror.close();
					({ held } = mirror);
					const { leftOut } = mirror.shown;
					const leading = await this.#lead({ protocol, channel: openChannel(), held, leftOut });
					// Held until this tab is over.
					if (!signal.aborted) {
						await new Promise((resolve) => signal.addEventListener('abort', resolve));
					}
					leading.close();
				});
			} catch (error) {
				if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
			}
			if (signal.aborted || !(this.#side instanceof LeadingTab)) continue;
			// Another tab took the lead, because this one did not answer.
			({ held } = this.#side);
			this.#side.close();
			this.#transport?.close();
			mirror = newMirror();
			this.#become(mirror);
			this.#parts.onsettled();
		}
	}

	async #lead({
		channel,
		held,
		protocol,
		leftOut
	}: {
		channel: Channel;
		held: CarriedFile[];
		leftOut?: LeftOut;
		protocol: string;
	}): Promise<LeadingTab> {
		const { personId, settings, onbatch, onchange, oncover } = this.#parts;
		const { signal } = this.#over;
		this.#parts.onprotocol(protocol);
		const lanes = ['h2', 'h3'].includes(protocol) ? LANES.multiplexed : LANES.h1;
		const transport = new ThreadTransport({
			...{ open: openSendWorker, requests: lanes.requests, isHttp2: protocol === 'h2' },
			onuse: (isUsed) => shared && (shared.sends = isUsed),
			onfigures: onchange
		});
		this.#transport = transport;
		const shared = lanes === LANES.h1 ? shareLanes(transport, lanes.requests) : null;
		signal.addEventListener('abort', () => shared?.close());
		watchNetwork(() => transport.forgetLink(), { signal });
		addEventListener('offline', () => queue.lostNetwork(), { signal });
		const inspector = new Inspector({ open: openInspectWorker });
		const journal = new BrowserJournal(personId);
		const roots = new Roots(personId);
		const queue = new UploadQueue({
			api: createUploadApi(),
			transport,
			lanes: lanes.files,
			hash: (file, aborted) => inspector.hash(file, aborted),
			fingerprint: (file) => inspector.fingerprint(file),
			...{ onchange, onbatch },
			onfile: (upload, file) => void leading.inspect(upload, file),
			onlate: (file) => leading.tellLate(file)
		});
		watchMetered((isMetered) => queue.spareData(isMetered), { signal });
		const chosen = settings.read();
		transport.limit(chosen.limit);
		const leading = new LeadingTab({
			...{
				queue,
				journal,
				roots,
				inspector,
				channel,
				settings: chosen,
				...(leftOut && { leftOut })
			},
			...{ onchange, oncover },
			link: () => transport.figures,
			onyield: (wanted) => transport.yieldLink(wanted),
			onsettings: (now) => {
				settings.write(now);
				transport.limit(now.limit);
			}
		});
		this.#queue = queue;
		this.#become(leading);
		if (!signal.aborted) await leading.begin(held);
		this.#parts.onsettled();
		return leading;
	}

	/** Another visit says how many files it looks for, before it found them. */
	#leave() {
		void this.#queue?.flush();
		if (!this.#side?.isKnown) return;
		const { files, active, unbound, paused } = this.#side.shown.summary;
		this.#parts.settings.left = active || unbound > 0 || paused > 0 ? files : 0;
	}

	#become(side: TabSide) {
		this.#side = side;
		this.#parts.onside(side);
	}

	/** Whether another tab waits to take over. Asked before it matters, because leaving cannot wait for an answer. */
	#lookForOthers() {
		if (!('locks' in navigator) || !(this.#side instanceof LeadingTab)) return;
		if (!this.#side.hasHomeless) return;
		void navigator.locks.query().then(({ pending = [] }) => {
			this.#isBacked = pending.some(({ name }) => name === this.#lockName);
		});
	}
}

/** Tabs of which each sends for itself have one browser's connections between them. */
function shareLanes(transport: ThreadTransport, most: number): SharedLanes | null {
	if ('locks' in navigator) return null;
	return new SharedLanes({
		channel: new BroadcastChannel('segue-lanes') as unknown as LanesChannel,
		tab: Math.random().toString(36).slice(2), // plain http has no randomUUID
		most,
		onshare: (requests) => (transport.requests = requests)
	});
}

function openInspectWorker(): InspectWorker {
	const worker = new Worker(new URL('./inspect-worker.ts', import.meta.url), { type: 'module' });
	return worker as unknown as InspectWorker;
}

function openSendWorker(): SendWorker {
	const worker = new Worker(new URL('./send-worker.ts', import.meta.url), { type: 'module' });
	return worker as unknown as SendWorker;
}
