import type { Description } from '#contracts/upload';

/**
 * What a person may ask of the queue, from whichever tab. Files are named by their keys; those that are unknown or
 * past it are passed over.
 */
export interface Commands {
	pause(keys: readonly string[]): void;
	resume(keys: readonly string[]): void;
	moveUp(keys: readonly string[]): void;
	cancel(keys: readonly string[]): void;
	uncancel(keys: readonly string[]): void;
	retry(keys: readonly string[]): void;
	drop(keys: readonly string[]): void;
	undrop(keys: readonly string[]): void;
	describe(keys: readonly string[], description: Description): void;
	publish(keys: readonly string[], isPublic: boolean): void;
	pauseAll(): void;
	resumeAll(): void;
	cancelAll(): void;
	retryFailed(): void;
	clearFinished(): void;
	/** Waits for nothing any longer: the network is back, or the person does not want to wait. */
	goOn(): void;
	/** There is a session now, new or old. */
	signedIn(): void;
	/** The connection may cost what it costs. */
	sendAnyway(): void;
}
