import { createContext } from 'svelte';
import type { ServerEvent } from '#contracts/live';
import type { Stage, Working } from '#contracts/work';

/** Which of one's files the portal works on now, as it last said. */
export class Work {
	#all = $state.raw<readonly Working[]>([]);

	hear(events: readonly ServerEvent[]) {
		let said: readonly Working[] | null = null;
		for (const event of events) {
			if (event.type === 'reset') said = [];
			if (event.type === 'work_changed') said = event.work;
		}
		if (said) this.#all = said;
	}

	/** The first stage of those that a file is in; null when nothing is done with it now. */
	stageOf(file: { uploadId: string | null | undefined } | { trackId: string }): Stage | null {
		const found =
			'trackId' in file
				? this.#all.find(({ trackId }) => trackId === file.trackId)
				: this.#all.find(({ uploadId }) => uploadId === file.uploadId);
		return found?.stage ?? null;
	}
}

export const [useWork, provideWork] = createContext<Work>();
