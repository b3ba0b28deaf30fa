import { Meter, type MeterSocket } from './meter.ts';
import type { SendFailure, SendNews, SendOrder } from './thread-transport.ts';
import { SendError } from './send-error.ts';
import { TusTransport } from './transport.ts';

/** How often the page hears how the link is used. */
const FIGURES_MS = 250;

const say = (news: SendNews) => postMessage(news);
/** What is on its way, and what ends it. */
const sending = new Map<number, AbortController>();
let transport: TusTransport | null = null;
let telling: ReturnType<typeof setInterval> | null = null;

function open({ requests, isHttp2 }: Extract<SendOrder, { do: 'open' }>) {
	const meter = new Meter({ open: openSocket });
	const created = new TusTransport({
		...{ base: location.origin, requests, probe: () => meter.ping() },
		canStream: isHttp2 && takesStreams(),
		onuse(isUsed) {
			say({ isUsed });
			if (isUsed) telling ??= setInterval(() => say({ figures: created.figures }), FIGURES_MS);
			else {
				if (telling) clearInterval(telling);
				telling = null;
				say({ figures: created.figures });
			}
		}
	});
	transport = created;
}

function openSocket(): MeterSocket {
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	return new WebSocket(`${scheme}//${location.host}/live`) as MeterSocket;
}

/** Not in every browser: those that know nothing of it take the stream for a word. */
function takesStreams(): boolean {
	let isRead = false;
	const init = {
		method: 'POST',
		body: new ReadableStream(),
		get duplex() {
			isRead = true;
			return 'half';
		}
	};
	const hasType = new Request(location.origin, init as RequestInit).headers.has('Content-Type');
	return isRead && !hasType;
}

async function perform(id: number, work: (signal: AbortSignal) => Promise<void>) {
	const ending = new AbortController();
	sending.set(id, ending);
	try {
		await work(ending.signal);
		say({ id, failure: null });
	} catch (error) {
		// Whoever ended it waits for nothing.
		if (!ending.signal.aborted) say({ id, failure: failureOf(error) });
	} finally {
		sending.delete(id);
	}
}

function failureOf(error: unknown): SendFailure {
	const message = String(error instanceof Error ? (error.cause ?? error) : error);
	if (!(error instanceof SendError)) return { problem: 'away', retryAfterMs: null, message };
	const { problem, retryAfterMs } = error;
	return { problem, retryAfterMs, message };
}

onmessage = ({ data: order }: MessageEvent<SendOrder>) => {
	if (order.do === 'open') return open(order);
	const to = transport;
	if (!to) return;
	switch (order.do) {
		case 'send': {
			const onprogress = (bytes: number) => say({ id: order.id, bytes });
			void perform(order.id, (signal) => to.send(order.parcel, { signal, onprogress }));
			break;
		}
		case 'discard':
			void perform(order.id, () => to.discard(order.parcel));
			break;
		case 'abort':
			sending.get(order.id)?.abort();
			break;
		case 'limit':
			to.limit(order.limit);
			break;
		case 'requests':
			to.requests = order.requests;
			break;
		case 'yield':
			to.yieldLink(order.to);
			break;
		case 'forget':
			to.forgetLink();
			break;
	}
};
