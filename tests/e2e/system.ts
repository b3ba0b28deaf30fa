import type { Page } from 'playwright-core';

/** What the page said to the system, and what it asks to be told. */
interface System {
	actions: Partial<Record<MediaSessionAction, MediaSessionActionHandler | null>>;
	positions: MediaPositionState[];
	contexts: AudioContext[];
	/** While it is, no context tells the page that it stopped or goes on. */
	isSilent: boolean;
}

/** Stands between a page and the system that it plays on; to be called before it is opened. */
export async function standBetween(page: Page) {
	await page.addInitScript(() => {
		const system: System = { actions: {}, positions: [], contexts: [], isSilent: false };
		(window as unknown as { system: System }).system = system;
		const { setActionHandler, setPositionState } = MediaSession.prototype;
		MediaSession.prototype.setActionHandler = function (action, handler) {
			system.actions[action] = handler;
			setActionHandler.call(this, action, handler);
		};
		MediaSession.prototype.setPositionState = function (state) {
			if (state) system.positions.push(state);
			setPositionState.call(this, state);
		};
		const { addEventListener } = EventTarget.prototype;
		AudioContext.prototype.addEventListener = function (
			this: AudioContext,
			type: string,
			heard: (event: Event) => void
		) {
			system.contexts.push(this);
			addEventListener.call(this, type, (event) => {
				if (!system.isSilent) heard(event);
			});
		} as typeof AudioContext.prototype.addEventListener;
	});
}

/** As a key, a headphone or a lock screen would. */
export function press(page: Page, action: MediaSessionAction, details: object = {}) {
	return page.evaluate(
		([name, more]) =>
			(window as unknown as { system: System }).system.actions[name]?.({ action: name, ...more }),
		[action, details] as const
	);
}

/** What the system shows. */
export function shownBySystem(page: Page) {
	return page.evaluate(() => {
		const { metadata, playbackState } = navigator.mediaSession;
		const { positions } = (window as unknown as { system: System }).system;
		return {
			title: metadata?.title,
			artist: metadata?.artist,
			album: metadata?.album,
			sizes: metadata?.artwork.map(({ sizes }) => sizes),
			playbackState,
			position: positions.at(-1)
		};
	});
}

/** Whether sound that goes through a mixer comes out. */
export function mixes(page: Page): Promise<boolean> {
	return page.evaluate(
		() => (window as unknown as { system: System }).system.contexts.at(-1)?.state === 'running'
	);
}

/** The speakers are others: what was mixed for the old ones stands still, and the page hears of the devices alone. */
export function changeSpeakers(page: Page): Promise<void> {
	return page.evaluate(async () => {
		const { system } = window as unknown as { system: System };
		system.isSilent = true;
		await system.contexts.at(-1)?.suspend();
		navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
	});
}
