import type { Upload, UploadState } from './upload.ts';

/** Nothing more happens to these by itself. */
const OVER: ReadonlySet<UploadState['kind']> = new Set([
	'ready',
	'duplicate',
	'refused',
	'failed',
	'cancelled'
]);
/** Every byte of these is on the server. */
const ON_SERVER: ReadonlySet<UploadState['kind']> = new Set([
	'received',
	'processing',
	'ready',
	'duplicate'
]);

export const isOver = ({ kind }: UploadState) => OVER.has(kind);
export const isOnServer = ({ kind }: UploadState) => ON_SERVER.has(kind);

/** The list in numbers, kept as it changes: ten thousand files cost no more to sum up than one. */
export class Tally {
	sent = 0;
	ready = 0;
	failed = 0;
	processing = 0;
	unbound = 0;
	/** Those that wait for their file and say where it lies. */
	reopenable = 0;
	paused = 0;
	/** Files that this page alone can send: closing it loses them until somebody drops them again. */
	homeless = 0;
	/** Files that are not over. */
	pending = 0;
	bytes = 0;
	bytesSent = 0;

	/** Files of which bytes are still to arrive. */
	get unsent() {
		return this.pending - this.processing;
	}

	/** Files that something happens to without anybody's help. */
	get moving() {
		return this.pending - this.unbound - this.paused;
	}

	/** @param isReopenable the browser knows where the file lies */
	add(upload: Upload, isReopenable = false) {
		this.#count(upload, isReopenable, 1);
	}

	remove(upload: Upload, isReopenable = false) {
		this.#count(upload, isReopenable, -1);
	}

	#count({ state, size }: Upload, isReopenable: boolean, sign: 1 | -1) {
		const { kind } = state;
		if (kind !== 'refused' && kind !== 'cancelled' && kind !== 'failed') this.bytes += sign * size;
		if (isOnServer(state)) {
			this.sent += sign;
			this.bytesSent += sign * size;
		}
		if ('sent' in state) this.bytesSent += sign * (state.sent ?? 0);
		if (kind === 'ready' || kind === 'duplicate') this.ready += sign;
		if (kind === 'failed' || kind === 'refused') this.failed += sign;
		if (kind === 'received' || kind === 'processing') this.processing += sign;
		if (kind === 'unbound') this.unbound += sign;
		if (kind === 'unbound' && isReopenable) this.reopenable += sign;
		if (kind === 'paused') this.paused += sign;
		if (!isOver(state)) this.pending += sign;
		const isHere = !isOver(state) && !isOnServer(state) && kind !== 'unbound';
		if (isHere && !isReopenable) this.homeless += sign;
	}
}
