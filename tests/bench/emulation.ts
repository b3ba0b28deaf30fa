/** An uplink as a home has one, and the way back, which is five times as fast with as much buffer. */
export interface LinkShape {
	megabitsPerSecond: number;
	/** How much the modem keeps before it drops or refuses. */
	bufferMs: number;
	/** Added in each direction. */
	delayMs: number;
	/** Of the browser's side, where its TCP really meets the link. */
	control: CongestionControl | null;
}

export type CongestionControl = 'reno' | 'bbr';

export const DOWN_PER_UP = 5;

/** A slow link between a browser and the edge, made on one machine. */
export interface Emulation {
	/** Chromium is started so to be on the link's far side. */
	readonly browser: { executablePath: string; args: readonly string[] };
	/** @returns the port at which that browser finds, on `localhost`, what listens on `port` here */
	reach(port: number): Promise<number>;
	/** Null: as fast as the machine is. What is open stays open. */
	set(shape: LinkShape | null): Promise<void>;
	/** By how much the emulation itself was late since it was set, 99 of 100 pieces; null where the kernel does it. */
	lateMs(): number | null;
	close(): Promise<void>;
}
