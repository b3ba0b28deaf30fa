/** What a file is whose end was seen to be there. */
export interface Outline {
	/** To be heard. */
	seconds: number;
	/** What its header says of the whole; null when it says nothing. */
	promisedSeconds: number | null;
	hertz: number;
	channels: number;
	/** Of the sound alone. */
	bitsPerSecond: number;
	/** Bits a sample; 0 for formats that have none. */
	depth: number;
}
