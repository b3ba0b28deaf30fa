import { holdPage } from '$lib/uploader/hold-page.ts';
import { untilLoaded } from './until-loaded.ts';

export type Staying = ReturnType<typeof stay>;

/** Who does not answer in this time is not there. */
const ANSWER_MS = 5_000;

interface StayOptions {
	/** Something here would end with the page. */
	goesOn: () => boolean;
	/** The page that was asked for waits. */
	onwait: () => void;
	/** The portal answers again: by the router, which ends nothing. */
	open: (url: string) => void;
}

/**
 * Where the router cannot fetch a page it loads it whole, and that would end what goes on here for a page that says
 * that there is no network. So it waits until somebody answers.
 */
export function stay({ goesOn, onwait, open }: StayOptions) {
	let isLeaving = false;
	let waiting = new AbortController();

	async function held(url: string) {
		giveUp();
		const { signal } = waiting;
		if (await answers()) {
			// It was renewed, and its new parts come only with a whole page.
			isLeaving = true;
			location.assign(url);
			// Unless somebody else holds it.
			setTimeout(() => (isLeaving = false), ANSWER_MS);
			return;
		}
		if (signal.aborted) return;
		onwait();
		await untilLoaded(ensureAnswer, signal);
		if (!signal.aborted) open(url);
	}

	function giveUp() {
		waiting.abort();
		waiting = new AbortController();
	}

	const unhold = holdPage({
		mayLeave: () => isLeaving || !goesOn(),
		onheld: (url) => void held(url)
	});
	return {
		/** Another page is wanted now. */
		giveUp,
		close() {
			giveUp();
			unhold();
		}
	};
}

async function answers(): Promise<boolean> {
	return ensureAnswer().then(
		() => true,
		() => false
	);
}

async function ensureAnswer(): Promise<void> {
	const signal = AbortSignal.timeout(ANSWER_MS);
	const { ok } = await fetch('/healthz', { cache: 'no-store', signal });
	if (!ok) throw new Error('nobody answers');
}
