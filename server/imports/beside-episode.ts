import { buffer } from 'node:stream/consumers';
import type { Chapter } from '#contracts/chapter';
import type { Description } from '#contracts/upload';
import type { Enclosed } from './enclosed.ts';
import type { SourceContext } from './source.ts';
import { SourceError } from './source-error.ts';

const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const MAX_CHAPTERS_BYTES = 1024 * 1024;
/** An episode does not wait for long for what only goes with it. */
const WHOLE_MS = 20_000;
/** So many in a row that could not be had, and the others are not asked for in this run. */
const AWAY_AFTER = 4;
/** Pictures of a season are the same one many times. */
const MAX_KNOWN = 200;

type Context = Pick<SourceContext, 'outgoing' | 'reader' | 'keepPicture' | 'signal' | 'log'>;

/** Fetches what a feed has beside an episode. Whatever cannot be had is left out: the episode comes all the same. */
export class BesideEpisode {
	readonly #context: Context;
	readonly #pictures = new Map<string, string | null>();
	#letDown = 0;

	constructor(context: Context) {
		this.#context = context;
	}

	async of({ chapters, picture }: Enclosed): Promise<Description> {
		const found = chapters === undefined ? null : await this.#try(() => this.#chapters(chapters));
		const hash = picture === undefined ? null : await this.#picture(picture);
		return { ...(found?.length && { chapters: found }), ...(hash !== null && { picture: hash }) };
	}

	async #chapters(url: string): Promise<Chapter[]> {
		const { outgoing, reader, signal } = this.#context;
		const limits = { maxBytes: MAX_CHAPTERS_BYTES, wholeMs: WHOLE_MS };
		const { text } = await outgoing.text(url, { ...limits, signal });
		return reader.read({ as: 'chapters', text });
	}

	async #picture(url: string): Promise<string | null> {
		const known = this.#pictures.get(url);
		if (known !== undefined) return known;
		const hash = await this.#try(async () => {
			const { outgoing, signal, keepPicture } = this.#context;
			const limits = { maxBytes: MAX_PICTURE_BYTES, wholeMs: WHOLE_MS };
			const { body } = await outgoing.ask(url, { ...limits, signal });
			return keepPicture(Uint8Array.from(await buffer(body)));
		});
		if (this.#pictures.size >= MAX_KNOWN) this.#pictures.clear();
		this.#pictures.set(url, hash);
		return hash;
	}

	async #try<T>(work: () => Promise<T>): Promise<T | null> {
		const { signal, log } = this.#context;
		if (this.#letDown >= AWAY_AFTER) return null;
		try {
			const value = await work();
			this.#letDown = 0;
			return value;
		} catch (error) {
			if (signal.aborted) throw error;
			if (error instanceof SourceError) this.#letDown += 1;
			log.info('nothing beside an episode', { error });
			return null;
		}
	}
}
